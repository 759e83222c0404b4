namespace Contracts.Schedules;

/// <content>From run to run.</content>
public sealed partial class SchedulePlanner
{
    /// <summary>Makes or skips the runs that are due within the time ahead.</summary>
    /// <param name="record">
    /// Without runs that are to be withdrawn or stored, and with the stored calendars that it names. Where runs may not overlap, it says
    /// which of them have finished (<see cref="ScheduleOccurrence.IsFinished"/>).
    /// </param>
    /// <param name="now">The store's time.</param>
    /// <param name="skipped">Gets the runs that are skipped.</param>
    /// <param name="cancellationToken">Stops the calculation.</param>
    /// <returns>
    /// With runs that are not stored yet, if any are made; or with runs to be withdrawn, if a calendar has changed. Null if its times can
    /// no longer be read, as after a release whose zone database has lost its zone.
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

        // Where a calendar is another one than its runs were derived from, it may have further runs.
        var isMoved = IsMoved(record, progress);
        if (progress.State != ScheduleState.Active && !isMoved)
        {
            return record with { Stamp = Guid.NewGuid(), WakeAt = WakeOf(record, progress, now) };
        }

        if (TimesOf(record with { Progress = progress }) is not { } times)
        {
            return null;
        }

        if (isMoved && IsMadeOtherwise(progress, times, now))
        {
            return Begin(record, Remade(record, progress, now), now);
        }

        progress = new Step(record, progress with { Ended = null }, times, now, ahead, cancellationToken).Run(skipped);
        progress = isMoved ? Derived(record, progress, now) : progress;
        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = progress.IsUnstored ? now : WakeOf(record, progress, now),
        };
    }

    /// <summary>The times of a stored schedule; null if they can no longer be read.</summary>
    public ScheduleTimes? TimesOf(ScheduleRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return ScheduleReader.Read(record.Definition.When, record.Progress.AnchoredAt, zones, [], record.Calendars);
    }

    private ScheduleFault? FindFault(ScheduleRecord record, DateTimeOffset now)
    {
        var faults = new List<ScheduleFault>();
        if (ScheduleReader.Read(record.Definition.When, record.Progress.AnchoredAt, zones, faults, record.Calendars) is not { } times)
        {
            return faults[0];
        }

        var next = times.Next(now, 1, record.Progress.Runs);
        return next.Runs.Count > 0 ? null : times.NeverAfter(now, next);
    }

    /// <summary>The row at rest: with its next run, and when the Runner has to act.</summary>
    private ScheduleRecord Resting(ScheduleRecord record, DateTimeOffset now)
    {
        var progress = record.Progress;
        if (progress.State == ScheduleState.Active && TimesOf(record) is { } times)
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

            // A calendar may change between its look-up and this write, unseen by whoever tells the schedules that name it: the Runner
            // looks it up again.
            WakeAt = progress.IsUnstored || record.Definition.When.SharedCalendars.Any() ? now : WakeOf(record, progress, now),
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

    private DateTimeOffset? WakeOf(ScheduleRecord record, ScheduleProgress progress, DateTimeOffset now)
    {
        if (IsMoved(record, progress))
        {
            // Or else whoever has woken it for that would have done so in vain.
            return now;
        }

        var definition = record.Definition;
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
