using System.Globalization;

namespace Contracts.Common;

/// <summary>
/// The instant of an event as devices write it: RFC 3339, epoch seconds or milliseconds, and near misses that have one meaning.
/// </summary>
/// <remarks>docs/devices.md has the table; what could mean two instants is refused with the reason.</remarks>
public static class EventInstant
{
    /// <summary>Maximum length of a timestamp's text, in characters.</summary>
    public const int MaxLength = 100;

    private const string Unknown =
        "must be an instant such as 2023-01-01T00:00:00Z or 2023-01-01T01:00:00+01:00, or seconds or milliseconds since 1970";

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private const string NoOffset = "has no offset from UTC, so it could be any of many instants; append Z or an offset such as +01:00";

    private const string NoTime = "is a date without a time and an offset from UTC";

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

        if (IsNumber(text))
        {
            return !isNumber && CompactDateProblem(text) is { } problem ? problem : ReadNumber(text, out instant);
        }

        return text[^1] == ']' ? ReadZoned(text, out instant)
            : WrittenInstant.TryRead(text, out instant) ? null : ReadDate(text, out instant);
    }

    /// <summary>With a zone in brackets behind it (RFC 9557).</summary>
    private static string? ReadZoned(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        if (!ZonedInstant.TryCut(ref text, out var zone) || text.IsEmpty)
        {
            return Unknown;
        }

        if (ReadDate(text, out instant) is { } problem)
        {
            return problem;
        }

        TimeSpan? offset = text[^1] is 'Z' or 'z' || text.Length < 6 || !Rfc3339.TryOffset(text[^6..], out var written) ? null : written;
        return zone.IsEmpty || ZonedInstant.Agrees(zone, instant, offset)
            ? null : "has a zone that is not known, or has another offset then";
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        var digits = text[0] is '-' or '+' ? text[1..] : text;

        return digits.Length > 0 && char.IsAsciiDigit(digits[0])
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>
    /// Digits such as 2023, 202301, 20230101 or 20230101000000 are a date to people, and seconds or milliseconds since 1970 to machines: as
    /// text they could be either. Ten digits are seconds, since as a date they would be an hour without minutes, which nobody writes.
    /// </summary>
    private static string? CompactDateProblem(ReadOnlySpan<char> digits) =>
        digits.ContainsAnyExceptInRange('0', '9') || digits.Length < 4 || digits[..2] is not ("19" or "20") ? null
        : digits.Length switch
        {
            4 => "is a year without a day, a time and an offset from UTC",
            6 when IsBetween(digits[4..6], 1, 12) => "is a month without a day, a time and an offset from UTC",
            8 => NoTime,
            12 or 14 when IsBetween(digits[4..6], 1, 12) && IsBetween(digits[6..8], 1, 31) && IsBetween(digits[8..10], 0, 24) => NoOffset,
            _ => null,
        };

    private static bool IsBetween(ReadOnlySpan<char> digits, int min, int max) =>
        int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) is var number && number >= min && number <= max;

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

    private static string? ReadDate(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        var rest = text;
        if (!Digits.TryTake(ref rest, 4, out var year))
        {
            return LooksLocal(text) ? "begins with a day or a month, whose order differs from country to country" : Unknown;
        }

        if (!InstantDay.TryTake(ref rest, ref year, out var month, out var day))
        {
            return Unknown;
        }

        if (rest.IsEmpty)
        {
            return NoTime;
        }

        if (rest[0] is not ('T' or 't' or ' ' or '_'))
        {
            return Unknown;
        }

        rest = rest[1..];
        var isColoned = rest.Length > 1 && (rest[1] == ':' || (rest.Length > 2 && rest[2] == ':'));
        if (!Digits.TryTake(ref rest, isColoned && rest[1] == ':' ? 1 : 2, out var hour))
        {
            return Unknown;
        }

        // Hours alone are a time, too (ISO 8601 §4.2.2.3 of 2004).
        var minute = 0;
        if ((isColoned || (!rest.IsEmpty && char.IsAsciiDigit(rest[0]))) && !Digits.TakePart(ref rest, isColoned ? ':' : null, out minute))
        {
            return Unknown;
        }

        var second = 0;
        var hasSecond = isColoned ? !rest.IsEmpty && rest[0] == ':' : !rest.IsEmpty && char.IsAsciiDigit(rest[0]);
        if (hasSecond && !Digits.TakePart(ref rest, isColoned ? ':' : null, out second))
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

        // GMT+0100 says the same twice.
        var named = text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase);
        text = named ? text[3..] : text;
        if (text is "Z" or "z" ? !named : text.IsEmpty)
        {
            return null;
        }

        if (text[0] is not ('+' or '-' or '\u2212'))
        {
            return text[0] == '[' ? NoOffset : Unknown;
        }

        var rest = text[1..];
        var minutes = 0;
        if (!Digits.TryTake(ref rest, rest.Length == 1 || (rest.Length > 1 && rest[1] == ':') ? 1 : 2, out var hours)
            || (!rest.IsEmpty && !Digits.TakePart(ref rest, rest[0] == ':' ? ':' : null, out minutes)) || !rest.IsEmpty)
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
}
