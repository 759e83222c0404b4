using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Schedules;

/// <summary>Shows a schedule with what has become of its last runs: their timers and these timers' attempts say so.</summary>
internal sealed class ScheduleHistory(ITimerStore timers, IStoreClock clock)
{
    /// <summary>What a client sees of one schedule.</summary>
    public async Task<ScheduleResource> ShowAsync(ScheduleRecord record, CancellationToken cancellationToken)
    {
        var progress = record.Progress;
        var keys = progress.Recent.ToDictionary(
            run => run.Number, run => TimerKey.FromId(record.Tenant, ScheduleKeys.TimerIdOf(record, run)));
        var found = keys.Count == 0 ? [] : await timers.FindAsync(record.Tenant, [.. keys.Values], cancellationToken);
        var rows = found.ToDictionary(row => row.Key);
        var attempts = (await Task.WhenAll(found.Where(row => row.Attempts > 0).Select(async row =>
            (row.Key, Attempt: await timers.FindLastAttemptAsync(record.Tenant, row.Key, cancellationToken)))))
            .Where(each => each.Attempt is not null).ToDictionary(each => each.Key, each => each.Attempt!.Lateness);
        var ended = keys.Values.Select(rows.GetValueOrDefault).OfType<TimerRecord>().ToList();
        return ScheduleResource.From(record, clock.Now) with
        {
            Recent = [.. progress.Recent.Select(run => Shown(record, run, rows.GetValueOrDefault(keys[run.Number]), attempts))],
            Missed = [.. progress.Missed.Select(MissedRunsResource.From)],
            Statistics = ScheduleStatisticsResource.From(
                ended.Count(row => row.State == TimerState.Succeeded),
                ended.Count(row => row.State == TimerState.Failed),
                ended.Count(row => row.State == TimerState.Expired),
                [.. attempts.Values.Order()]),
        };
    }

    private static OccurrenceResource Shown(
        ScheduleRecord record, ScheduleOccurrence run, TimerRecord? row, Dictionary<Guid, TimeSpan> attempts)
    {
        var own = record.Progress.Recent.Where(each => each.IsOwn).Select(each => (DateTimeOffset?)each.ScheduledFor).ToList();
        return new OccurrenceResource(
            run.Number, run.ScheduledFor, run.DueAt, ScheduleKeys.TimerIdOf(record, run), row?.State.ToString().ToLowerInvariant(),
            !run.IsOwn)
        {
            PreviousAt = run.IsBackfilled ? null : own.Where(at => at < run.ScheduledFor).Max() ?? run.Previous,
            NextAt = run.IsBackfilled ? null : own.Where(at => at > run.ScheduledFor).Min() ?? record.Progress.Next,
            LatenessMs = row is not null && attempts.TryGetValue(row.Key, out var lateness)
                ? ScheduleStatisticsResource.Milliseconds(lateness) : null,
        };
    }
}
