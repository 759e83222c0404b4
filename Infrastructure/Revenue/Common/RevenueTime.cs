using Contracts.Common;

namespace Infrastructure.Revenue.Common;

/// <summary>Numbers of minutes and days since 1970, of instants in 100 ns.</summary>
internal static class RevenueTime
{
    public const long MinutesOfDay = 24 * 60;

    /// <summary>The first minute of the year 1; that of earlier numbers, which are no instants, is the same.</summary>
    private static readonly long First = Floor(TickTime.Of(DateTimeOffset.MinValue), TimeSpan.TicksPerMinute);

    /// <summary>The number of the span that an instant lies in.</summary>
    public static long NumberOf(RevenueSpan span, long at) =>
        Floor(at, span == RevenueSpan.Day ? TimeSpan.TicksPerDay : TimeSpan.TicksPerMinute);

    /// <summary>The minute that an instant lies in.</summary>
    public static long MinuteOf(long at) => Math.Max(First, NumberOf(RevenueSpan.Minute, at));

    /// <summary>The minute after the last one that begins before an instant.</summary>
    public static long EndMinuteOf(long at)
    {
        var minute = MinuteOf(at);
        return at > minute * TimeSpan.TicksPerMinute ? minute + 1 : minute;
    }

    /// <summary>The beginning of the day that an instant lies in; the earliest number for what lies before the year 1.</summary>
    public static long StartOfDay(long at) =>
        at < 0 && !TickTime.IsValid(at) ? long.MinValue : NumberOf(RevenueSpan.Day, at) * TimeSpan.TicksPerDay;

    /// <summary>Divides, and rounds down.</summary>
    public static long Floor(long number, long divisor) => (number / divisor) - (number % divisor < 0 ? 1 : 0);
}
