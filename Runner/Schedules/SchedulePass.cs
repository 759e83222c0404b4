using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Schedules;

namespace Runner.Schedules;

/// <summary>
/// Goes on with the schedules that are due: runs to be withdrawn are, runs that are decided become timers, and the next ones are decided.
/// Each step is a compare-and-set on the schedule's row, and what it stores has the ids that another Runner would give it: two Runners at
/// one schedule, or one that is killed in between, make nothing twice and leave nothing out.
/// </summary>
/// <param name="store">The schedules.</param>
/// <param name="timers">Makes runs into timers, and withdraws them.</param>
/// <param name="calendars">Knows the calendars that they name.</param>
/// <param name="overlaps">Knows which runs have finished.</param>
/// <param name="planner">What a schedule becomes.</param>
/// <param name="shards">Which schedules are this Runner's.</param>
/// <param name="clock">Decides what is due.</param>
/// <param name="metrics">Counts.</param>
/// <param name="random">Draws a shard of others to look after.</param>
/// <param name="logger">Told of what is skipped, and of what cannot be read.</param>
internal sealed partial class SchedulePass(
    IScheduleStore store, ScheduleTimers timers, ScheduleCalendars calendars, ScheduleOverlaps overlaps, SchedulePlanner planner,
    IShards shards, IStoreClock clock, ScheduleMetrics metrics, Random random, ILogger<SchedulePass> logger)
{
    private const int Limit = 500;

    /// <summary>Steps of one pass; the next one goes on. Others must have their turn, and a pass must end for a stop.</summary>
    private const int MaxSteps = 100;

    /// <summary>How late schedules of others must be: nobody may have their shard.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    /// <summary>When a schedule whose times cannot be read is looked at again: until then it holds up no other.</summary>
    private static readonly TimeSpan Unreadable = TimeSpan.FromMinutes(1);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var own = shards.Mine;
        if (own is not [])
        {
            await RunAsync(own, TimeSpan.Zero, cancellationToken);
        }

        if (own is { Count: < Shard.Count })
        {
            var others = Shard.All.Except(own).ToList();
            await RunAsync([others[random.Next(others.Count)]], Forgotten, cancellationToken);
        }
    }

    private async Task RunAsync(IReadOnlyList<int>? of, TimeSpan lateness, CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSteps && !cancellationToken.IsCancellationRequested; step++)
        {
            var due = await calendars.LookUpAsync(
                await store.FindDueAsync(of, clock.Now - lateness, Limit, cancellationToken), cancellationToken);
            foreach (var schedule in due.Where(each => each.Progress.Withdrawing.Count > 0))
            {
                await timers.WithdrawAsync(schedule, cancellationToken);
            }

            await MakeAsync([.. due.Where(each => each.Progress is { Withdrawing.Count: 0, IsUnstored: true })], cancellationToken);
            await AdvanceAsync([.. due.Where(each => each.Progress is { Withdrawing.Count: 0, IsUnstored: false })], cancellationToken);
            if (due.Count < Limit)
            {
                return;
            }
        }
    }

    private async Task AdvanceAsync(List<ScheduleRecord> due, CancellationToken cancellationToken)
    {
        if (due.Count == 0)
        {
            return;
        }

        // The time first: a run that ends after it and before the look holds up none that is due by then.
        var now = clock.Now;
        var schedules = await overlaps.LookAsync(due, cancellationToken);
        var (writes, skipped) = (new List<ScheduleWrite>(), new List<List<MissedRuns>>());
        foreach (var schedule in schedules)
        {
            var missed = new List<MissedRuns>();
            var next = planner.Advance(schedule, now, missed, cancellationToken);
            if (next is null)
            {
                LogUnreadable(schedule.Name, schedule.Tenant, schedule.Definition.When.Zone);
                next = SchedulePlanner.Later(schedule, now + Unreadable);
            }
            else
            {
                next = await timers.BackfillAsync(next, now, cancellationToken);
            }

            writes.Add(new ScheduleWrite(schedule, next));
            skipped.Add(missed);
        }

        var done = await store.WriteAsync(writes, cancellationToken);
        var (decided, cancelling, withdrawing) = (new List<ScheduleRecord>(), new List<ScheduleRecord>(), new List<ScheduleRecord>());
        for (var i = 0; i < writes.Count; i++)
        {
            if (!done[i])
            {
                // Changed meanwhile: it comes again as it is now.
                continue;
            }

            var after = writes[i].After!;
            foreach (var runs in skipped[i])
            {
                metrics.Skipped(runs);
                if (runs.Reason == MissReason.Overlap)
                {
                    // What the schedule asks for.
                    LogOverlap(after.Name, after.Tenant, runs.Count, runs.First, runs.Last);
                }
                else
                {
                    LogSkipped(after.Name, after.Tenant, runs.Reason, runs.Count, runs.First, runs.Last);
                }
            }

            if (after.Progress.Withdrawing.Count > 0)
            {
                withdrawing.Add(after);
            }
            else if (after.Progress.IsUnstored)
            {
                decided.Add(after);
            }
            else if (after.Definition.Overlap == OverlapRule.CancelOther
                && after.Progress is { State: ScheduleState.Active, Buffered.Count: > 0 })
            {
                cancelling.Add(after);
            }
        }

        // A calendar has changed: what is withdrawn is made anew at the next poll.
        foreach (var schedule in withdrawing)
        {
            await timers.WithdrawAsync(schedule, cancellationToken);
        }

        await MakeAsync(decided, cancellationToken);
        await CancelOthersAsync(cancelling, cancellationToken);
    }

    /// <summary>That a run takes the others' place is written down: now these are cancelled, and where they have ended, it runs.</summary>
    private async Task CancelOthersAsync(List<ScheduleRecord> schedules, CancellationToken cancellationToken)
    {
        var free = new List<ScheduleRecord>();
        foreach (var schedule in schedules)
        {
            if (await overlaps.CancelOpenAsync(schedule, cancellationToken))
            {
                free.Add(schedule);
            }
        }

        await AdvanceAsync(free, cancellationToken);
    }

    private async Task MakeAsync(List<ScheduleRecord> decided, CancellationToken cancellationToken)
    {
        if (decided.Count > 0)
        {
            metrics.Made((await timers.MakeAsync(decided, cancellationToken)).Made);
        }
    }

    [LoggerMessage(
        3231, LogLevel.Error,
        "Schedule {Schedule} of tenant {Tenant} can no longer be read, perhaps because the zone database has lost {Zone}, or because a "
            + "calendar is damaged; tried again in a minute")]
    private partial void LogUnreadable(string schedule, string tenant, string? zone);

    [LoggerMessage(
        3232, LogLevel.Warning, "Skipped runs of schedule {Schedule} of tenant {Tenant}: {Count} ({Reason}), from {First:O} to {Last:O}")]
    private partial void LogSkipped(
        string schedule, string tenant, MissReason reason, int count, DateTimeOffset first, DateTimeOffset last);

    [LoggerMessage(
        3233, LogLevel.Information,
        "Skipped runs of schedule {Schedule} of tenant {Tenant}: {Count}, an earlier one is unfinished, from {First:O} to {Last:O}")]
    private partial void LogOverlap(string schedule, string tenant, int count, DateTimeOffset first, DateTimeOffset last);
}
