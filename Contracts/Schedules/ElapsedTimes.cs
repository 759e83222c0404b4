using NodaTime;

namespace Contracts.Schedules;

/// <summary>Instants that do not depend on clocks.</summary>
internal static class ElapsedTimes
{
    private static readonly Instant End = ScheduleTime.LastDay.AtMidnight().InUtc().ToInstant();

    /// <summary>The anchor, and every so much elapsed time after it.</summary>
    public static IEnumerable<Instant> Every(Instant anchor, TimeSpan length, Instant from)
    {
        var passed = (from - anchor).BclCompatibleTicks;
        var steps = passed <= 0 ? 0 : (passed + length.Ticks - 1) / length.Ticks;
        for (var at = anchor + Duration.FromTicks(steps * length.Ticks); at < End; at += Duration.FromTimeSpan(length))
        {
            yield return at;
        }
    }
}
