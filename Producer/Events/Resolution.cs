using System.Globalization;
using Contracts.Common;

namespace Producer.Events;

/// <summary>Steps of time, all of one length from 1970 on or of whole months and years, in UTC.</summary>
internal sealed class Resolution
{
    private Resolution(long ticks, int months) => (Ticks, Months) = (ticks, months);

    /// <summary>Their length in 100 ns; 0 for whole months.</summary>
    public long Ticks { get; }

    /// <summary>Their length in months; 0 for others.</summary>
    public int Months { get; }

    /// <summary>Reads an ISO 8601 duration: PT1S, PT15M, P1D, P1W from Monday on, P1M, P3M, P1Y.</summary>
    /// <returns>Null for anything else.</returns>
    public static Resolution? TryRead(string text)
    {
        if (text is ['P', .. var count, 'M' or 'Y' or 'W'] && !count.Contains('T')
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000)
        {
            return text[^1] switch
            {
                'W' => new Resolution(number * 7 * TimeSpan.TicksPerDay, 0),
                'Y' => new Resolution(0, number * 12),
                _ => new Resolution(0, number),
            };
        }

        return IsoDuration.TryRead(text, out var step) && step > TimeSpan.Zero ? new Resolution(step.Ticks, 0) : null;
    }

    /// <summary>The beginning of the step that an instant lies in.</summary>
    public DateTimeOffset StartOf(DateTimeOffset instant)
    {
        if (Months > 0)
        {
            var month = ((instant.UtcDateTime.Year - 1) * 12) + instant.UtcDateTime.Month - 1;
            var first = month - (month % Months);
            return new DateTimeOffset((first / 12) + 1, (first % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);
        }

        // 1970 began on a Thursday; whole weeks begin on the Monday before.
        var origin = DateTimeOffset.UnixEpoch.Ticks - (Ticks % (7 * TimeSpan.TicksPerDay) == 0 ? 3 * TimeSpan.TicksPerDay : 0);
        var beyond = (instant.UtcTicks - origin) % Ticks;
        return new DateTimeOffset(Math.Max(0, instant.UtcTicks - beyond - (beyond < 0 ? Ticks : 0)), TimeSpan.Zero);
    }

    /// <summary>The beginning of the next step; the last instant of the calendar where there is none.</summary>
    public DateTimeOffset EndOf(DateTimeOffset start)
    {
        if (Months > 0)
        {
            return start.Year + ((Months + 11) / 12) > 9_999 ? DateTimeOffset.MaxValue : start.AddMonths(Months);
        }

        return start.UtcTicks > DateTimeOffset.MaxValue.UtcTicks - Ticks ? DateTimeOffset.MaxValue : start.AddTicks(Ticks);
    }
}
