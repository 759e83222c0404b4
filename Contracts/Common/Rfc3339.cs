namespace Contracts.Common;

/// <summary>
/// The one format of written instants: UTC, whole milliseconds, <c>2030-01-31T08:00:00.000Z</c>; and how they are parsed.
/// </summary>
/// <remarks>By hand, because a custom format string costs a microsecond, and every answer and every webhook has some.</remarks>
public static class Rfc3339
{
    /// <summary>Bytes, or characters, of an instant.</summary>
    public const int Length = 24;

    /// <summary>Writes an instant; digits finer than a millisecond are dropped.</summary>
    /// <param name="instant">An instant of any offset; it is written in UTC.</param>
    /// <param name="utf8">At least <see cref="Length"/> bytes.</param>
    public static void Write(DateTimeOffset instant, Span<byte> utf8)
    {
        var utc = instant.UtcDateTime;
        utf8[23] = (byte)'Z';
        Digits(utf8[20..23], utc.Millisecond);
        utf8[19] = (byte)'.';
        Digits(utf8[17..19], utc.Second);
        utf8[16] = (byte)':';
        Digits(utf8[14..16], utc.Minute);
        utf8[13] = (byte)':';
        Digits(utf8[11..13], utc.Hour);
        utf8[10] = (byte)'T';
        Digits(utf8[8..10], utc.Day);
        utf8[7] = (byte)'-';
        Digits(utf8[5..7], utc.Month);
        utf8[4] = (byte)'-';
        Digits(utf8[..4], utc.Year);
    }

    /// <summary>The same as text.</summary>
    public static string ToString(DateTimeOffset instant)
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(instant, utf8);
        return System.Text.Encoding.ASCII.GetString(utf8);
    }

    /// <summary>Reads RFC 3339 with an offset; without one an instant would mean something else on every machine.</summary>
    /// <param name="text">
    /// Up to 64 characters; any number of digits of a second, the finest of which round up to 100 ns. Behind them there may be a zone in
    /// brackets, with which the offset must agree (RFC 9557), up to 128 characters.
    /// </param>
    /// <param name="instant">In UTC.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        if (text is not [.., ']'])
        {
            return TryRead(text, out instant, out _);
        }

        instant = default;
        return text.Length <= 64 + 128 && ZonedInstant.TryCut(ref text, out var zone) && TryRead(text, out instant, out var offset)
            && (zone.IsEmpty || ZonedInstant.Agrees(zone, instant, offset));
    }

    private static bool TryRead(ReadOnlySpan<char> text, out DateTimeOffset instant, out TimeSpan? written)
    {
        instant = default;
        written = null;
        if (text.Length is < 20 or > 64 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':'
            || text[16] != ':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute)
            || !TryDigits(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59
            || second > 59
            || !TryFraction(text[19..], out var ticks, out var rest) || !TryOffset(rest, out var offset))
        {
            return false;
        }

        written = text[^1] is 'Z' or 'z' ? null : offset;
        var utc = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + ticks - offset.Ticks;
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks + 1)
        {
            return false;
        }

        // At the end of the calendar there is nothing to round up to.
        instant = new DateTimeOffset(Math.Min(utc, DateTime.MaxValue.Ticks), TimeSpan.Zero);
        return true;
    }

    /// <summary>.NET counts in 100 ns; finer digits round up.</summary>
    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] != '.')
        {
            return true;
        }

        var end = 1 + text[1..].IndexOfAnyExceptInRange('0', '9');
        if (end < 2)
        {
            return false;
        }

        rest = text[end..];
        var digits = text[1..end];
        for (var i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        }

        ticks += digits.Length > 7 && digits[7..].ContainsAnyExcept('0') ? 1 : 0;
        return true;
    }

    internal static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }

    private static void Digits(Span<byte> to, int number)
    {
        for (var i = to.Length - 1; i >= 0; i--)
        {
            to[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
