using Contracts.Common;
using Contracts.Live;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;

namespace Infrastructure.Schedules;

/// <summary>
/// Where runs may not overlap: asks the timers' port which of them have finished, and cancels those that another takes the place of.
/// </summary>
/// <param name="timers">Where the runs' timers are.</param>
/// <param name="clock">The store's time.</param>
/// <param name="live">Told of timers that are cancelled.</param>
public sealed class ScheduleOverlaps(ITimerStore timers, IStoreClock clock, ILiveNotices live)
{
    private const int MaxRows = 500;

    /// <summary>Looks which runs have finished, of those schedules for which that matters.</summary>
    /// <param name="schedules">As they were read.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The same, in their order. A timer that is not there any more has finished, too.</returns>
    public async Task<IReadOnlyList<ScheduleRecord>> LookAsync(
        IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        var asked = schedules.Where(each => each.Definition.Overlap != OverlapRule.Allow)
            .SelectMany(each => Unfinished(each).Select(run => (each.Tenant, Key: KeyOf(each, run)))).ToLookup(each => each.Tenant);
        if (asked.Count == 0)
        {
            return schedules;
        }

        var open = new HashSet<Guid>();
        foreach (var tenant in asked)
        {
            foreach (var some in tenant.Select(each => each.Key).Chunk(MaxRows))
            {
                var rows = await timers.FindAsync(tenant.Key, some, cancellationToken);
                open.UnionWith(rows.Where(row => !TimerLifecycle.IsFinished(row.State)).Select(row => row.Key));
            }
        }

        return [.. schedules.Select(each => each.Definition.Overlap == OverlapRule.Allow ? each : Looked(each, open))];
    }

    /// <summary>
    /// Cancels the runs that are open. An attempt that is under way may still arrive; none follows, and the run is open until it has ended.
    /// </summary>
    /// <returns>Whether none is open any more.</returns>
    public async Task<bool> CancelOpenAsync(ScheduleRecord schedule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var rows = await timers.FindAsync(
            schedule.Tenant, [.. Unfinished(schedule).Select(run => KeyOf(schedule, run))], cancellationToken);
        var areClosed = true;
        foreach (var row in rows.Where(row => !TimerLifecycle.IsFinished(row.State)))
        {
            var isClaimed = TimerLifecycle.IsClaimed(row.State);
            var cancelled = row with { Pending = PendingCommand.Cancel, Version = row.Version + 1 };
            if (!isClaimed)
            {
                cancelled = cancelled with
                {
                    State = TimerState.Cancelled,
                    NextAt = Instants.CeilingToMilliseconds(clock.Now),
                    Claim = null,
                    Pending = PendingCommand.None,
                };
            }

            // If it has changed meanwhile, it is looked at again.
            var isDone = row.Pending != PendingCommand.Cancel && await timers.TryReplaceAsync(row, cancelled, cancellationToken);
            areClosed &= isDone && !isClaimed;
            if (isDone)
            {
                live.NoteTimer(row.Tenant, row.Key, row.Spec.OwnId);
            }
        }

        return areClosed;
    }

    private static IEnumerable<ScheduleOccurrence> Unfinished(ScheduleRecord schedule) =>
        schedule.Progress.Recent.Where(run => run is { IsStored: true, IsFinished: false });

    private static ScheduleRecord Looked(ScheduleRecord schedule, HashSet<Guid> open) => schedule with
    {
        Progress = schedule.Progress with
        {
            Recent =
            [
                .. schedule.Progress.Recent.Select(run =>
                    run is { IsStored: true, IsFinished: false } && !open.Contains(KeyOf(schedule, run))
                        ? run with { IsFinished = true } : run),
            ],
        },
    };

    private static Guid KeyOf(ScheduleRecord schedule, ScheduleOccurrence run) =>
        TimerKey.FromId(schedule.Tenant, ScheduleKeys.TimerIdOf(schedule, run));
}
