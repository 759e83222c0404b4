namespace Contracts.Schedules;

/// <content>Where a stored calendar has changed, without a change of the schedule.</content>
/// <remarks>
/// Whoever changes a calendar has the Runner look at the schedules that name it. Whether one of them was derived from the calendars as they
/// are is in its row, so that it does not matter how often, or how late, anybody looks. What is due before the change is decided by the
/// dates as they were then (<see cref="CalendarRecord.Allows"/>).
/// </remarks>
public sealed partial class SchedulePlanner
{
    /// <summary>What the row notes of the stored calendars that the schedule names.</summary>
    private static long RevisionsOf(ScheduleRecord record)
    {
        var names = record.Definition.When.SharedCalendars.ToHashSet(StringComparer.Ordinal);
        return record.Calendars.Where(each => names.Contains(each.Name)).Sum(each => each.Content.Revision);
    }

    /// <summary>Whether a calendar is another one than its runs, or their absence, were derived from.</summary>
    private static bool IsMoved(ScheduleRecord record, ScheduleProgress progress) =>
        progress is { State: ScheduleState.Active } or { State: ScheduleState.Finished, Ended: not ScheduleEnd.MaxRuns }
        && progress.CalendarRevisions != RevisionsOf(record);

    /// <summary>Whether runs were made ahead that are not those of the calendars as they are.</summary>
    private static bool IsMadeOtherwise(ScheduleProgress progress, ScheduleTimes times, DateTimeOffset now) =>
        !Between(times, now + Settled, progress.Cursor).Where(at => !progress.Missed.Any(each => IsRequested(each, at)))
            .SequenceEqual(progress.Recent.Where(each => IsAhead(each, now)).Select(each => each.ScheduledFor).Order());

    /// <summary>The progress, to begin anew behind what may be claimed. What somebody asked to skip stays skipped.</summary>
    private ScheduleProgress Remade(ScheduleRecord record, ScheduleProgress progress, DateTimeOffset now)
    {
        var start = now + Settled;
        var (kept, forgotten) = (new List<MissedRuns>(), new List<MissedRuns>());
        foreach (var group in progress.Missed)
        {
            (group.Reason == MissReason.Requested && group.First > start ? forgotten : kept).Add(group);
        }

        // By its times alone: what a calendar leaves out now may come back.
        var when = record.Definition.When with { Calendars = null };
        var times = TimesOf(record with { Definition = record.Definition with { When = when } })!;
        var asked = progress.Missed.Where(each => each.Reason == MissReason.Requested && each.Last > start)
            .SelectMany(each => Between(times, Later(start, each.First.AddTicks(-1)), each.Last));
        return progress with
        {
            State = ScheduleState.Active,
            Ended = null,
            StartAfter = start,
            Skips = [.. progress.Skips.Concat(asked)],
            Missed = kept,
            Skipped = progress.Skipped - forgotten.Sum(each => each.Count),
            CalendarRevisions = RevisionsOf(record),
        };
    }

    /// <summary>
    /// The progress, once everything that is due is decided: a later change has nothing to do with it, however long ago the last run was.
    /// </summary>
    private static ScheduleProgress Derived(ScheduleRecord record, ScheduleProgress progress, DateTimeOffset now) =>
        progress.Next <= now ? progress : progress with
        {
            CalendarRevisions = RevisionsOf(record),
            Cursor = Later(progress.Cursor, now),
        };

    private static bool IsRequested(MissedRuns group, DateTimeOffset at) =>
        group.Reason == MissReason.Requested && group.First <= at && at <= group.Last;
}
