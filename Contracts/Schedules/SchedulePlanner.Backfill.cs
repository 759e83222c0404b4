using Contracts.Common;

namespace Contracts.Schedules;

/// <content>Past runs that somebody asks for: skipped ones again, or those of a range from before the schedule.</content>
/// <remarks>
/// What the schedule itself has run is never among them: of the time since its present times were put, only recorded skipped runs are. Each
/// has the id of its instant, so that whatever is asked for twice is made once, as long as its timer is there.
/// </remarks>
public sealed partial class SchedulePlanner
{
    /// <summary>The highest rate of a backfill, a minute.</summary>
    public const int MaxPerMinute = 3_000;

    /// <summary>The rate of a backfill that names none, a minute.</summary>
    public const int DefaultPerMinute = 60;

    /// <summary>How long before its turn a backfilled run is made; a pass comes in between.</summary>
    private static readonly TimeSpan BackfillAhead = TimeSpan.FromSeconds(2);

    /// <summary>At least so many are looked at in one step: those that are there already have no turn.</summary>
    private const int MinBackfillStep = 20;

    /// <summary>The schedule with a backfill that begins.</summary>
    /// <param name="record">Without a backfill that goes on.</param>
    /// <param name="from">The first scheduled instant.</param>
    /// <param name="to">The last one; not ahead.</param>
    /// <param name="perMinute">Maximum number of runs a minute, 1 to <see cref="MaxPerMinute"/>.</param>
    /// <param name="isReplay">Whether only recorded skipped runs are made.</param>
    /// <param name="now">The store's time.</param>
    public ScheduleRecord Backfill(
        ScheduleRecord record, DateTimeOffset from, DateTimeOffset to, int perMinute, bool isReplay, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        return Resting(
            record with
            {
                Progress = Revised(record.Progress, now) with
                {
                    Backfill = new ScheduleBackfill
                    {
                        IsReplay = isReplay,
                        From = from,
                        To = to,
                        PerMinute = perMinute,
                        StartedAt = now,
                        Cursor = from.AddTicks(-1),
                        NextAt = now,
                    },
                },
            },
            now);
    }

    /// <summary>The schedule without the rest of its backfill.</summary>
    public ScheduleRecord StopBackfill(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        now = Instants.CeilingToMilliseconds(now);
        var progress = Revised(record.Progress, now);
        return Resting(record with { Progress = progress with { Backfill = Stopped(progress.Backfill, now) } }, now);
    }

    /// <summary>What is next in a schedule's backfill.</summary>
    /// <returns>Null if none is due, or if runs may not overlap and one is unfinished.</returns>
    public BackfillStep? NextBackfill(ScheduleRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        var progress = record.Progress;
        if (!IsBackfilling(progress) || progress.Backfill is not { } backfill || backfill.NextAt > now + BackfillAhead
            || progress.Withdrawing.Count > 0
            || (record.Definition.Overlap != OverlapRule.Allow && (IsOpen(progress) || progress.Buffered.Count > 0))
            || TimesOf(record with { Definition = record.Definition with { When = record.Definition.When with { MaxRuns = null } } })
                is not { } times)
        {
            return null;
        }

        var turns = Turns(backfill, now).TakeWhile(at => at <= now + BackfillAhead).Take(MaxMade).Count();
        var (size, madeAt) = (Math.Max(turns, MinBackfillStep), Instants.CeilingToMilliseconds(now));
        var instants = Past(times, progress, backfill).Take(size + 1).ToList();
        return new BackfillStep(
            [
                .. instants.Take(size)
                    .Select(at => new ScheduleOccurrence(0, at, at, progress.Generation, madeAt) { IsBackfilled = true }),
            ],
            instants.Count <= size);
    }

    /// <summary>The schedule with the next runs of its backfill, as far as it is their turn.</summary>
    /// <param name="record">The schedule.</param>
    /// <param name="step">What is next in it.</param>
    /// <param name="existing">Those of the step that are there already.</param>
    /// <param name="now">The store's time.</param>
    public ScheduleRecord Backfilled(
        ScheduleRecord record, BackfillStep step, IReadOnlySet<ScheduleOccurrence> existing, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(existing);
        var (progress, backfill) = (record.Progress, record.Progress.Backfill!);
        var (made, seen, cursor) = (new List<ScheduleOccurrence>(), 0, backfill.Cursor);
        var max = record.Definition.Overlap == OverlapRule.Allow ? MaxMade : 1;
        using var turns = Turns(backfill, now).GetEnumerator();
        turns.MoveNext();
        foreach (var run in step.Runs)
        {
            if (!existing.Contains(run))
            {
                if (turns.Current > now + BackfillAhead || made.Count == max)
                {
                    break;
                }

                var due = Instants.CeilingToMilliseconds(turns.Current);
                made.Add(run with { Number = progress.Number + made.Count + 1, DueAt = due });
                turns.MoveNext();
            }

            seen++;
            cursor = run.ScheduledFor;
        }

        progress = progress with
        {
            Number = progress.Number + made.Count,
            Recent = Kept(record, [.. progress.Recent, .. made], now),
            Backfill = backfill with
            {
                Cursor = cursor,
                NextAt = turns.Current,
                Made = backfill.Made + made.Count,
                Existing = backfill.Existing + seen - made.Count,
                EndedAt = step.IsLast && seen == step.Runs.Count ? Instants.CeilingToMilliseconds(now) : null,
            },
        };
        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = progress.IsUnstored ? now : WakeOf(record, progress, now),
        };
    }

    /// <summary>When runs may come, from the next one on. What an outage has delayed does not come in a burst.</summary>
    private static IEnumerable<DateTimeOffset> Turns(ScheduleBackfill backfill, DateTimeOffset now)
    {
        for (var at = backfill.NextAt > now ? backfill.NextAt : now; ; at += TimeSpan.FromMinutes(1) / backfill.PerMinute)
        {
            yield return at;
        }
    }

    /// <summary>The instants that are left of a backfill, in their order.</summary>
    private static IEnumerable<DateTimeOffset> Past(ScheduleTimes times, ScheduleProgress progress, ScheduleBackfill backfill)
    {
        var before = backfill.IsReplay ? [] : Between(times, backfill.Cursor, Earlier(backfill.To, progress.AnchoredAt));
        var skipped = progress.Missed.Where(each => each.First > progress.AnchoredAt).OrderBy(each => each.First).SelectMany(each =>
            Between(times, Later(backfill.Cursor, each.First.AddTicks(-1)), Earlier(backfill.To, each.Last)));
        return before.Concat(skipped);
    }

    private static IEnumerable<DateTimeOffset> Between(ScheduleTimes times, DateTimeOffset after, DateTimeOffset until)
    {
        while (after < until)
        {
            var found = times.Next(after, MinBackfillStep).Runs;
            foreach (var run in found.TakeWhile(each => each.Step.At <= until))
            {
                yield return run.Step.At;
            }

            after = found is [.., var last] ? last.Step.At : until;
        }
    }

    private static bool IsBackfilling(ScheduleProgress progress) =>
        progress is { Backfill.EndedAt: null, State: ScheduleState.Active or ScheduleState.Finished };

    private static ScheduleBackfill? Stopped(ScheduleBackfill? backfill, DateTimeOffset now) =>
        backfill is { EndedAt: null } ? backfill with { EndedAt = now } : backfill;

    private static DateTimeOffset? BackfillWake(ScheduleDefinition definition, ScheduleProgress progress, DateTimeOffset now)
    {
        if (!IsBackfilling(progress) || progress.Backfill is not { } backfill)
        {
            return null;
        }

        var next = backfill.NextAt - (BackfillAhead / 2);
        return definition.Overlap == OverlapRule.Allow ? next : Later(next, now + MinBufferPoll);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
