using System.Globalization;

namespace Contracts.Common;

/// <summary>
/// The instant of an event as devices write it: RFC 3339, epoch seconds or milliseconds, and near misses that have one meaning.
/// </summary>
/// <remarks>docs/devices.md has the table; what could mean two instants is refused with the reason.</remarks>
public static class EventInstant
{
    /// <summary>Maximum length of a timestamp's text, in characters.</summary>
    public const int MaxLength = 64;

    private const string Unknown =
        "must be an instant such as 2023-01-01T00:00:00Z or 2023-01-01T01:00:00+01:00, or seconds or milliseconds since 1970";

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private const string NoOffset = "has no offset from UTC, so it could be any of many instants; append Z or an offset such as +01:00";

    /// <summary>As mail writes it (RFC 5322 §3.3): a day of one or two digits, seconds or none, and an offset.</summary>
    private static readonly string[] MailFormats =
    [
        "ddd, d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm zzz", "ddd, d MMM yyyy HH:mm:ss 'GMT'", "ddd, d MMM yyyy HH:mm 'GMT'",
    ];

    // 1e11 s is the year 5138 and 1e11 ms is 1973: below it a number means seconds. Each further unit is three digits longer.
    private const decimal MaxSeconds = 1e11m;
    private const decimal MaxMilliseconds = 1e14m;
    private const decimal MaxMicroseconds = 1e17m;
    private const decimal MaxNanoseconds = 1e20m;

    /// <summary>Reads the text of a timestamp.</summary>
    /// <param name="text">As the client wrote it.</param>
    /// <param name="instant">In UTC, in whole 100 ns; finer digits are dropped.</param>
    /// <returns>Why it cannot be read; null if it was.</returns>
    public static string? Read(ReadOnlySpan<char> text, out DateTimeOffset instant) => Read(text, isNumber: false, out instant);

    /// <summary>Reads a timestamp that may be a number: as text, eight digits could be a day, too.</summary>
    /// <inheritdoc cref="Read(ReadOnlySpan{char}, out DateTimeOffset)"/>
    public static string? Read(ReadOnlySpan<char> text, bool isNumber, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length > MaxLength)
        {
            return $"must not be longer than {MaxLength} characters";
        }

        text = text.Trim();
        if (text.IsEmpty)
        {
            return Unknown;
        }

        return IsNumber(text) && (isNumber || !IsCompactDate(text)) ? ReadNumber(text, out instant)
            : char.IsAsciiLetter(text[0]) ? ReadHttpDate(text, out instant)
            : ReadDate(text, out instant);
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        var digits = text[0] is '-' or '+' ? text[1..] : text;

        return digits.Length > 0 && char.IsAsciiDigit(digits[0])
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Eight digits such as 20230101 are a date without a time to people, and 1970-08-23 to machines.</summary>
    private static bool IsCompactDate(ReadOnlySpan<char> digits) => digits.Length == 8 && digits[..2] is ("19" or "20");

    /// <summary>Reads a number, by its magnitude as seconds, milliseconds, microseconds or nanoseconds since 1970.</summary>
    private static string? ReadNumber(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        var number = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        decimal? ticksPerUnit = Math.Abs(number) switch
        {
            < MaxSeconds => TimeSpan.TicksPerSecond,
            < MaxMilliseconds => TimeSpan.TicksPerMillisecond,
            < MaxMicroseconds => TimeSpan.TicksPerMicrosecond,
            < MaxNanoseconds => 0.01m,
            _ => null,
        };
        if (ticksPerUnit is not { } factor)
        {
            return "is too large for seconds, milliseconds, microseconds or nanoseconds since 1970";
        }

        var ticks = decimal.Floor(number * factor) + DateTimeOffset.UnixEpoch.Ticks;
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return "lies outside of the years 1 to 9999";
        }

        instant = new DateTimeOffset((long)ticks, TimeSpan.Zero);
        return null;
    }

    /// <summary>Reads the date of HTTP and mail, Sun, 01 Jan 2023 00:00:00 GMT or +0000: it names its offset.</summary>
    private static string? ReadHttpDate(ReadOnlySpan<char> text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text, MailFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant)
        ? null : Unknown;

    private static string? ReadDate(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        var rest = text;
        if (!TryTake(ref rest, 4, out var year))
        {
            return LooksLocal(text) ? "begins with a day or a month, whose order differs from country to country" : Unknown;
        }

        var separator = rest.IsEmpty ? '\0' : rest[0];
        var isDashed = separator is '-' or '/';
        char? between = isDashed ? separator : null;
        if (!TakePart(ref rest, between, out var month) || !TakePart(ref rest, between, out var day))
        {
            return Unknown;
        }

        if (rest.IsEmpty)
        {
            return "is a date without a time and an offset from UTC";
        }

        if (rest[0] is not ('T' or 't' or ' ' or '_'))
        {
            return Unknown;
        }

        rest = rest[1..];
        if (!TryTake(ref rest, 2, out var hour))
        {
            return Unknown;
        }

        var isColoned = !rest.IsEmpty && rest[0] == ':';
        if (!TakePart(ref rest, isColoned ? ':' : null, out var minute))
        {
            return Unknown;
        }

        var second = 0;
        var hasSecond = isColoned ? !rest.IsEmpty && rest[0] == ':' : !rest.IsEmpty && char.IsAsciiDigit(rest[0]);
        if (hasSecond && !TakePart(ref rest, isColoned ? ':' : null, out second))
        {
            return Unknown;
        }

        if (!TryFraction(ref rest, hasSecond, out var fraction))
        {
            return Unknown;
        }

        if (OffsetProblem(rest, out var offset) is { } problem)
        {
            return problem;
        }

        return Compose((year, month, day), (hour, minute, second), fraction, offset, out instant);
    }

    private static string? Compose(
        (int Year, int Month, int Day) date, (int Hour, int Minute, int Second) time, long fraction, TimeSpan offset,
        out DateTimeOffset instant)
    {
        instant = default;
        if (date.Year < 1 || date.Month is < 1 or > 12 || date.Day < 1 || date.Day > DateTime.DaysInMonth(date.Year, date.Month))
        {
            return "is not a day of the calendar";
        }

        if (time.Second == 60)
        {
            return "is a leap second, which cannot be told from the second after it";
        }

        // 24:00:00 is the end of a day (ISO 8601 §4.2.3 of 2004), and the beginning of the next.
        var isEndOfDay = time is (24, 0, 0) && fraction == 0;
        if ((time.Hour > 23 && !isEndOfDay) || time.Minute > 59 || time.Second > 59)
        {
            return "is not a time of day";
        }

        var ticks = new DateTime(date.Year, date.Month, date.Day, 0, 0, 0, DateTimeKind.Utc).Ticks
            + (time.Hour * TimeSpan.TicksPerHour) + (time.Minute * TimeSpan.TicksPerMinute) + (time.Second * TimeSpan.TicksPerSecond)
            + fraction - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return "lies outside of the years 1 to 9999";
        }

        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return null;
    }

    /// <summary>A point or a comma and digits, of which the first seven count.</summary>
    private static bool TryFraction(ref ReadOnlySpan<char> rest, bool isAllowed, out long ticks)
    {
        ticks = 0;
        if (rest.IsEmpty || rest[0] is not ('.' or ','))
        {
            return true;
        }

        var end = 1;
        for (; end < rest.Length && char.IsAsciiDigit(rest[end]); end++)
        {
            ticks = end <= 7 ? (ticks * 10) + (rest[end] - '0') : ticks;
        }

        for (var digits = end - 1; digits < 7; digits++)
        {
            ticks *= 10;
        }

        rest = rest[end..];
        return isAllowed && end > 1;
    }

    /// <summary>
    /// Z, UTC, GMT, +01:00, +0100, +01; the minus may be U+2212, as ISO 8601 has it. A zone's name behind it adds nothing: the offset says
    /// which instant it is.
    /// </summary>
    private static string? OffsetProblem(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        text = WithoutZone(text.TrimStart());
        if (text.IsEmpty)
        {
            return NoOffset;
        }

        if (text is "Z" or "z" || text.Equals("UTC", StringComparison.OrdinalIgnoreCase)
            || text.Equals("GMT", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (text[0] is not ('+' or '-' or '\u2212'))
        {
            return text[0] == '[' ? NoOffset : Unknown;
        }

        var rest = text[1..];
        var minutes = 0;
        if (!TryTake(ref rest, 2, out var hours)
            || (!rest.IsEmpty && !TakePart(ref rest, rest[0] == ':' ? ':' : null, out minutes)) || !rest.IsEmpty)
        {
            return Unknown;
        }

        if (hours > 23 || minutes > 59)
        {
            return "has an offset that does not exist";
        }

        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '+' ? 1 : -1);
        return null;
    }

    /// <summary>Cuts off [Europe/Berlin] (RFC 9557, Java) and, behind a number, CET (Go).</summary>
    private static ReadOnlySpan<char> WithoutZone(ReadOnlySpan<char> text)
    {
        // An exclamation mark asks to be checked against the zone's rules, which nobody here knows.
        var bracket = text.IndexOf('[');
        if (bracket > 0 && text[^1] == ']' && !text.Contains('!'))
        {
            return text[..bracket].TrimEnd();
        }

        var space = text.IndexOf(' ');
        return space > 0 && char.IsAsciiDigit(text[space - 1]) && text.Length - space is > 1 and <= 6
            && !text[(space + 1)..].ContainsAnyExcept(Letters) ? text[..space] : text;
    }

    private static bool LooksLocal(ReadOnlySpan<char> text) =>
        text.Length >= 8 && char.IsAsciiDigit(text[0]) && text[..3].IndexOfAny('/', '.', '-') is 1 or 2;

    private static bool TakePart(ref ReadOnlySpan<char> rest, char? separator, out int number)
    {
        number = 0;
        if (separator is { } expected)
        {
            if (rest.IsEmpty || rest[0] != expected)
            {
                return false;
            }

            rest = rest[1..];
        }

        return TryTake(ref rest, 2, out number);
    }

    private static bool TryTake(ref ReadOnlySpan<char> rest, int digits, out int number)
    {
        number = 0;
        if (rest.Length < digits)
        {
            return false;
        }

        foreach (var digit in rest[..digits])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        rest = rest[digits..];
        return true;
    }
}
