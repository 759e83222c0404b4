using Contracts.Common;

namespace Contracts.Schedules;

/// <summary>What a schedule becomes, as pure calculation: the services read a row, have it changed here, and compare and set.</summary>
/// <remarks>
/// Its next run is derived from the one before that the schedule names, never from the time at which it is asked. Runs are decided
/// <paramref name="ahead"/> of their instants and written down before their timers are stored, so that whoever goes on after a kill stores
/// the same ones; and before anything else is made in their place they are withdrawn.
/// </remarks>
/// <param name="zones">The zone database.</param>
/// <param name="ahead">How long before their instants runs are made, at least 2 s.</param>
public sealed partial class SchedulePlanner(ScheduleZones zones, TimeSpan ahead)
{
    /// <summary>Runs that are scheduled within this time stay as they are when the schedule is changed: they may be claimed.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>A run that is made later than this was missed.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of runs that one step makes.</summary>
    public const int MaxMade = 100;

    /// <summary>Maximum number of runs that one step makes or skips.</summary>
    public const int MaxSeen = 5_000;

    /// <summary>How many of the last runs are kept, apart from those ahead.</summary>
    public const int MaxRecent = 20;

    /// <summary>How many groups of skipped runs are kept.</summary>
    public const int MaxMissed = 100;

    /// <summary>How many runs may wait for earlier ones to finish; what is due beyond that is skipped.</summary>
    public const int MaxBuffered = 1_000;

    /// <summary>How many runs that wait for their jitter are kept, beside the last ones.</summary>
    public const int MaxWaiting = 200;

    /// <summary>A new schedule.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="definition">What was put, of which the times can be read.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="fault">Why it would never run.</param>
    /// <param name="calendars">The stored calendars that it names.</param>
    /// <returns>Null if it would never run.</returns>
    public ScheduleRecord? Create(
        string tenant, string name, ScheduleDefinition definition, DateTimeOffset now, out ScheduleFault? fault,
        IReadOnlyList<CalendarRecord>? calendars = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        now = Instants.CeilingToMilliseconds(now);
        var progress = new ScheduleProgress
        {
            Incarnation = Guid.NewGuid(),
            Revision = now.ToUnixTimeMilliseconds(),
            CreatedAt = now,
            ChangedAt = now,
            AnchoredAt = now,
            Cursor = now,
        };
        var record = new ScheduleRecord
        {
            Tenant = tenant,
            Name = name,
            Definition = definition,
            Progress = progress,
            Calendars = calendars ?? [],
        };
        fault = FindFault(record, now);
        return fault is null ? Resting(record, now) : null;
    }

    /// <summary>The schedule with another definition, and with the stored calendars that this one names.</summary>
    /// <returns>Null if it would never run again. Otherwise runs ahead may have to be withdrawn.</returns>
    /// <inheritdoc cref="Create"/>
    public ScheduleRecord? Change(ScheduleRecord record, ScheduleDefinition definition, DateTimeOffset now, out ScheduleFault? fault)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(definition);
        now = Instants.CeilingToMilliseconds(now);
        var progress = record.Progress;
        if (ScheduleText.Of(record.Definition.When).AsSpan().SequenceEqual(ScheduleText.Of(definition.When)))
        {
            fault = null;
            return Begin(record with { Definition = definition }, Revised(progress, now), now);
        }

        progress = progress with
        {
            AnchoredAt = now,
            StartAfter = now,
            Skips = [],
            Buffered = [],
            Backfill = Stopped(progress.Backfill, now),
            Ended = null,
            State = progress.State == ScheduleState.Finished ? ScheduleState.Active : progress.State,
        };
        var changed = record with { Definition = definition, Progress = progress };
        fault = FindFault(changed, now);
        return fault is null ? Begin(changed, Revised(progress, now), now) : null;
    }

    /// <summary>The schedule, paused; also a paused one with another reason or end.</summary>
    public ScheduleRecord Pause(ScheduleRecord record, string? reason, DateTimeOffset? until, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        var paused = record.Progress with { State = ScheduleState.Paused, PauseReason = reason, PausedUntil = until };
        return Begin(record, Revised(paused, now), now);
    }

    /// <summary>The schedule, going on. What was scheduled meanwhile it has missed.</summary>
    public ScheduleRecord Resume(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        return Resting(record with { Progress = Revised(Resumed(record.Progress, now), now) }, now);
    }

    /// <summary>
    /// The schedule with one more run, now, whatever else runs. Where runs may not overlap, the next one is withdrawn and decided anew.
    /// </summary>
    public ScheduleRecord RunNow(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        var progress = record.Progress;
        var run = new ScheduleOccurrence(progress.Number + 1, now, now, progress.Generation, now) { IsManual = true };
        progress = progress with { Number = run.Number, Recent = Kept(record, [.. progress.Recent, run], now) };
        return record.Definition.Overlap == OverlapRule.Allow || !progress.Recent.Any(each => IsAhead(each, now))
            ? record with { Stamp = Guid.NewGuid(), WakeAt = now, Progress = Revised(progress, now) }
            : Begin(record, Revised(progress, now), now);
    }

    /// <summary>The schedule without its next run.</summary>
    /// <returns>Null if there is no next run.</returns>
    public ScheduleRecord? SkipNext(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        var progress = record.Progress;
        var made = progress.Recent.FirstOrDefault(each => IsAhead(each, now));
        if ((made?.ScheduledFor ?? progress.Next) is not { } next || progress.State != ScheduleState.Active)
        {
            return null;
        }

        progress = Revised(progress with { Skips = [.. progress.Skips, next] }, now);
        return made is null ? Resting(record with { Progress = progress }, now) : Begin(record, progress, now);
    }

    /// <summary>The schedule, deleted as soon as runs ahead are withdrawn, those that wait for their jitter among them.</summary>
    public static ScheduleRecord Delete(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        var progress = record.Progress with { State = ScheduleState.Deleting, Next = null };
        return record with
        {
            Stamp = Guid.NewGuid(),
            WakeAt = now,
            Progress = Revised(progress, now) with
            {
                Recent = [],
                Withdrawing = [.. progress.Recent.Where(each => each.DueAt > now || !each.IsStored)],
            },
        };
    }

    /// <summary>The schedule once its withdrawn runs are: what could not be withdrawn any more stays as it was made.</summary>
    /// <param name="record">With runs to be withdrawn.</param>
    /// <param name="sent">Those that are sent or being sent.</param>
    /// <param name="now">The store's time.</param>
    /// <returns>Null to remove it: it is deleted.</returns>
    public ScheduleRecord? Withdrawn(ScheduleRecord record, IReadOnlyCollection<ScheduleOccurrence> sent, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(sent);
        var progress = record.Progress;
        if (progress.State == ScheduleState.Deleting)
        {
            return null;
        }

        var cancelled = progress.Withdrawing.Where(each => !sent.Contains(each)).ToList();
        List<ScheduleOccurrence> recent = [.. progress.Recent.Concat(sent).OrderBy(each => each.Number)];
        progress = progress with
        {
            // The last runs of one that has finished come again.
            State = cancelled.Count > 0 && progress.State == ScheduleState.Finished ? ScheduleState.Active : progress.State,
            Runs = progress.Runs - cancelled.Count,
            Recent = Kept(record, recent, now),
            Withdrawing = [],
            StartAfter = null,
            Cursor = progress.StartAfter is { } start ? Latest(start, recent)
                : cancelled is [var first, ..] ? first.ScheduledFor.AddMilliseconds(-1)
                : progress.Cursor,
        };
        return Resting(record with { Progress = progress }, now);
    }

    /// <summary>The schedule once the timers of its runs are stored.</summary>
    public ScheduleRecord Stored(ScheduleRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var decided = record.Progress.Recent.Where(each => !each.IsStored).Select(each => each.MadeAt);
        var progress = record.Progress with
        {
            Recent = [.. record.Progress.Recent.Select(each => each.IsStored ? each : each with { IsStored = true })],
        };
        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = WakeOf(record, progress, decided.Append(progress.ChangedAt).Max()),
        };
    }

    /// <summary>The same one, looked at again later: nothing can be done about it now.</summary>
    public static ScheduleRecord Later(ScheduleRecord record, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with { Stamp = Guid.NewGuid(), WakeAt = at };
    }

    /// <summary>Begins to withdraw the runs ahead, for others that are put in their place.</summary>
    private ScheduleRecord Begin(ScheduleRecord record, ScheduleProgress progress, DateTimeOffset now)
    {
        var withdrawn = progress.Recent.Where(each => IsAhead(each, now)).ToList();
        var begun = record with
        {
            Stamp = Guid.NewGuid(),
            WakeAt = now,
            Progress = progress with
            {
                Generation = progress.Generation + 1,
                Next = null,
                Recent = [.. progress.Recent.Except(withdrawn)],
                Withdrawing = withdrawn,
            },
        };
        return withdrawn.Count > 0 ? begun : Withdrawn(begun, [], now)!;
    }

    private static ScheduleProgress Revised(ScheduleProgress progress, DateTimeOffset now) => progress with
    {
        // Over a deletion, too: a later schedule of this name begins with its own milliseconds.
        Revision = Math.Max(progress.Revision + 1, now.ToUnixTimeMilliseconds()),
        ChangedAt = now,
    };

    private static ScheduleProgress Resumed(ScheduleProgress progress, DateTimeOffset at) => progress with
    {
        State = ScheduleState.Active,
        PauseReason = null,
        PausedUntil = null,
        ResumedAt = at,
    };

    private static bool IsAhead(ScheduleOccurrence run, DateTimeOffset now) => run.IsOwn && run.ScheduledFor > now + Settled;

    private static DateTimeOffset Latest(DateTimeOffset start, IEnumerable<ScheduleOccurrence> runs) =>
        runs.Where(each => each.IsOwn).Select(each => each.ScheduledFor).Append(start).Max();

    /// <summary>
    /// The last runs, all that are scheduled ahead, and many of those that wait for their jitter, or that later ones wait for.
    /// </summary>
    private static List<ScheduleOccurrence> Kept(ScheduleRecord record, List<ScheduleOccurrence> runs, DateTimeOffset now) =>
        runs.Count <= MaxRecent ? runs :
        [
            .. runs.Where((run, index) => index >= runs.Count - MaxRecent || !run.IsStored || run.ScheduledFor > now
                || (index >= runs.Count - MaxWaiting
                    && (run.DueAt > now || (record.Definition.Overlap != OverlapRule.Allow && !run.IsFinished)))),
        ];
}
