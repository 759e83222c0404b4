namespace Contracts.Schedules;

/// <content>From run to run.</content>
public sealed partial class SchedulePlanner
{
    /// <summary>Makes or skips the runs that are due within the time ahead.</summary>
    /// <param name="record">
    /// Without runs that are to be withdrawn or stored. Where runs may not overlap, it says which of them have finished
    /// (<see cref="ScheduleOccurrence.IsFinished"/>).
    /// </param>
    /// <param name="now">The store's time.</param>
    /// <param name="skipped">Gets the runs that are skipped.</param>
    /// <param name="cancellationToken">Stops the calculation.</param>
    /// <returns>
    /// With runs that are not stored yet, if any are made. Null if its times can no longer be read, as after a release whose zone database
    /// has lost its zone.
    /// </returns>
    public ScheduleRecord? Advance(
        ScheduleRecord record, DateTimeOffset now, ICollection<MissedRuns>? skipped = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        var progress = record.Progress;
        if (progress is { State: ScheduleState.Paused, PausedUntil: { } until } && until <= now)
        {
            progress = Resumed(progress, until);
        }

        if (progress.State != ScheduleState.Active)
        {
            return record with { Stamp = Guid.NewGuid(), WakeAt = WakeOf(record.Definition, progress, now) };
        }

        if (TimesOf(record.Definition, progress) is not { } times)
        {
            return null;
        }

        progress = new Step(record, progress, times, now, ahead, cancellationToken).Run(skipped);
        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = progress.IsUnstored ? now : WakeOf(record.Definition, progress, now),
        };
    }

    /// <summary>The times of a stored schedule; null if they can no longer be read.</summary>
    public ScheduleTimes? TimesOf(ScheduleRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return TimesOf(record.Definition, record.Progress);
    }

    private ScheduleTimes? TimesOf(ScheduleDefinition definition, ScheduleProgress progress) =>
        ScheduleReader.Read(definition.When, progress.AnchoredAt, zones, []);

    private ScheduleFault? FindFault(ScheduleDefinition definition, ScheduleProgress progress, DateTimeOffset now)
    {
        var faults = new List<ScheduleFault>();
        if (ScheduleReader.Read(definition.When, progress.AnchoredAt, zones, faults) is not { } times)
        {
            return faults[0];
        }

        var next = times.Next(now, 1, progress.Runs);
        return next.Runs.Count > 0 ? null : times.NeverAfter(now, next);
    }

    /// <summary>The row at rest: with its next run, and when the Runner has to act.</summary>
    private ScheduleRecord Resting(ScheduleRecord record, DateTimeOffset now)
    {
        var progress = record.Progress;
        if (progress.State == ScheduleState.Active && TimesOf(record.Definition, progress) is { } times)
        {
            var (next, end) = FindNext(times, progress);
            progress = progress with
            {
                Next = next,
                State = next is null && progress.Buffered.Count == 0 ? ScheduleState.Finished : ScheduleState.Active,
                Ended = progress.Buffered.Count == 0 ? end : null,
            };
        }

        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = progress.IsUnstored ? now : WakeOf(record.Definition, progress, now),
        };
    }

    private static (DateTimeOffset? Next, ScheduleEnd? End) FindNext(ScheduleTimes times, ScheduleProgress progress)
    {
        for (var after = progress.Cursor; ;)
        {
            var found = times.Next(after, 1, progress.Runs + progress.Buffered.Count);
            if (found.Runs is not [var run, ..])
            {
                return (null, found.End);
            }

            if (!progress.Skips.Contains(run.Step.At))
            {
                return (run.Step.At, null);
            }

            after = run.Step.At;
        }
    }

    private DateTimeOffset? WakeOf(ScheduleDefinition definition, ScheduleProgress progress, DateTimeOffset now)
    {
        var (own, backfill) = (OwnWake(definition, progress, now), BackfillWake(definition, progress, now));
        return own is null || backfill < own ? backfill : own;
    }

    /// <summary>Half of the time ahead before the next run, so that frequent runs are made many at once.</summary>
    private DateTimeOffset? OwnWake(ScheduleDefinition definition, ScheduleProgress progress, DateTimeOffset now) => progress.State switch
    {
        ScheduleState.Active when definition.Overlap != OverlapRule.Allow || progress.Buffered.Count > 0 => OverlapWake(progress, now),
        ScheduleState.Active => progress.Next - (ahead / 2),
        ScheduleState.Paused => progress.PausedUntil,
        _ => null,
    };
}
