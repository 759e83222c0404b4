using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;

namespace Runner.Schedules;

/// <summary>
/// Goes on with calendars that were changed or deleted. Of a change every schedule that names the calendar is told: it is looked at by the
/// pass over schedules (<see cref="SchedulePass"/>), which derives its runs anew. That schedules are to be told is in the calendar's row
/// from its change on, and is done again after a kill; to be told twice does a schedule no harm.
/// </summary>
/// <param name="calendars">The calendars.</param>
/// <param name="schedules">The schedules that name them.</param>
/// <param name="shards">Which calendars are this Runner's.</param>
/// <param name="clock">Decides what is due.</param>
/// <param name="logger">Told of what was done.</param>
internal sealed partial class CalendarPass(
    ICalendarStore calendars, IScheduleStore schedules, IShards shards, IStoreClock clock, ILogger<CalendarPass> logger)
{
    private const int Limit = 100;

    /// <summary>How late those of others must be: nobody may have their shard.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (own, now) = (shards.Mine, clock.Now);
        foreach (var calendar in await calendars.FindDueAsync(now, Limit, cancellationToken))
        {
            // Two at once would do no harm, but the work twice.
            if (own?.Contains(Shard.Of(ScheduleKeys.Of(calendar.Tenant, calendar.Name))) == false && calendar.WakeAt > now - Forgotten)
            {
                continue;
            }

            if (calendar.IsDeleted)
            {
                await RemoveAsync(calendar, cancellationToken);
                continue;
            }

            var told = await schedules.WakeNamingAsync(calendar.Tenant, calendar.Name, clock.Now, cancellationToken);

            // If it was changed again meanwhile, it stays due.
            if (await calendars.WriteAsync(calendar, CalendarPlanner.Told(calendar), cancellationToken))
            {
                LogTold(calendar.Name, calendar.Tenant, told);
            }
        }
    }

    /// <summary>Nothing names it, or else a schedule that was put at the same time does.</summary>
    private async Task RemoveAsync(CalendarRecord calendar, CancellationToken cancellationToken)
    {
        var count = await schedules.CountNamingAsync(calendar.Tenant, calendar.Name, cancellationToken);
        var isDone = await calendars.WriteAsync(
            calendar, count == 0 ? null : CalendarPlanner.Restore(calendar, clock.Now), cancellationToken);
        if (isDone && count > 0)
        {
            LogRestored(calendar.Name, calendar.Tenant, count);
        }
    }

    [LoggerMessage(
        3234, LogLevel.Information, "Calendar {Calendar} of tenant {Tenant} has changed; schedules that derive their runs anew: {Count}")]
    private partial void LogTold(string calendar, string tenant, long count);

    [LoggerMessage(
        3235, LogLevel.Warning,
        "Calendar {Calendar} of tenant {Tenant} was deleted while schedules that name it were put, and is restored; schedules: {Count}")]
    private partial void LogRestored(string calendar, string tenant, long count);
}
