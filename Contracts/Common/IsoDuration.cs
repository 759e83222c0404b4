using System.Globalization;

namespace Contracts.Common;

/// <summary>
/// ISO 8601 durations of fixed length: weeks, or days, hours, minutes and seconds in this order, each at most once. The last of them may
/// have a fraction, behind a point or a comma (ISO 8601-1 §5.5.2.3).
/// </summary>
/// <remarks>
/// <see cref="System.Xml.XmlConvert"/> takes years and months for 365 and 30 days, knows no weeks, and fractions of seconds only.
/// </remarks>
public static class IsoDuration
{
    private const int MaxLength = 64;

    /// <summary>Units in their order, with their length in 100 ns; hours and shorter ones stand behind T.</summary>
    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('D', TimeSpan.TicksPerDay), ('H', TimeSpan.TicksPerHour), ('M', TimeSpan.TicksPerMinute), ('S', TimeSpan.TicksPerSecond),
    ];

    /// <summary>Reads one; what is finer than 100 ns is rounded up, so that no delay is shorter than asked for.</summary>
    /// <param name="text">Up to 64 characters; a minus sign makes it negative.</param>
    /// <param name="duration">Its length.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length > MaxLength)
        {
            return false;
        }

        var isNegative = text is ['-', ..];
        text = isNegative ? text[1..] : text;
        if (text is not ['P', .. var rest] || rest.IsEmpty)
        {
            return false;
        }

        decimal ticks = 0;
        try
        {
            if (rest[^1] == 'W')
            {
                if (!TryTake(ref rest, out var weeks, out _) || rest is not "W")
                {
                    return false;
                }

                ticks = weeks * 7 * TimeSpan.TicksPerDay;
            }
            else if (!TryParts(rest, out ticks))
            {
                return false;
            }
        }
        catch (OverflowException)
        {
            return false;
        }

        ticks = decimal.Ceiling(ticks);
        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks(isNegative ? -(long)ticks : (long)ticks);
        return true;
    }

    private static bool TryParts(ReadOnlySpan<char> rest, out decimal ticks)
    {
        ticks = 0;
        var (next, isTime, wasFraction) = (0, false, false);
        while (!rest.IsEmpty)
        {
            if (rest[0] == 'T' && !isTime)
            {
                isTime = true;
                rest = rest[1..];
            }

            if (wasFraction || !TryTake(ref rest, out var number, out wasFraction) || rest.IsEmpty)
            {
                return false;
            }

            var letter = rest[0];
            var unit = Array.FindIndex(Units, next, each => each.Unit == letter);
            if (unit < 0 || (unit > 0) != isTime)
            {
                return false;
            }

            ticks += number * Units[unit].Ticks;
            next = unit + 1;
            rest = rest[1..];
        }

        return next > 0;
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, out decimal number, out bool isFraction)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? text.Length : end;
        isFraction = end > 0 && end < text.Length && text[end] is '.' or ',';
        if (isFraction)
        {
            var digits = text[(end + 1)..].IndexOfAnyExceptInRange('0', '9');
            if (digits < 1)
            {
                number = 0;
                return false;
            }

            Span<char> written = stackalloc char[end + 1 + digits];
            text[..written.Length].CopyTo(written);
            written[end] = '.';
            text = text[written.Length..];
            return decimal.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        }

        var isNumber = decimal.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        text = text[end..];
        return isNumber;
    }
}
