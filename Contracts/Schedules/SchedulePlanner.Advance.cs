using Contracts.Common;

namespace Contracts.Schedules;

/// <content>From run to run.</content>
public sealed partial class SchedulePlanner
{
    /// <summary>How many runs are asked for at once, when many are due.</summary>
    private const int MaxChunk = 64;

    /// <summary>Makes or skips the runs that are due within the time ahead.</summary>
    /// <param name="record">Without runs that are to be withdrawn or stored.</param>
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
            return record with { Stamp = Guid.NewGuid(), WakeAt = WakeOf(progress) };
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
            WakeAt = progress.IsUnstored ? now : WakeOf(progress),
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
    private ScheduleRecord Resting(ScheduleRecord record)
    {
        var progress = record.Progress;
        if (progress.State == ScheduleState.Active && TimesOf(record.Definition, progress) is { } times)
        {
            var (next, end) = FindNext(times, progress);
            progress = progress with
            {
                Next = next,
                State = next is null ? ScheduleState.Finished : ScheduleState.Active,
                Ended = end,
            };
        }

        return record with
        {
            Stamp = Guid.NewGuid(),
            Progress = progress,
            WakeAt = progress.IsUnstored ? progress.ChangedAt : WakeOf(progress),
        };
    }

    private static (DateTimeOffset? Next, ScheduleEnd? End) FindNext(ScheduleTimes times, ScheduleProgress progress)
    {
        for (var after = progress.Cursor; ;)
        {
            var found = times.Next(after, 1, progress.Runs);
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

    /// <summary>Half of the time ahead before the next run, so that frequent runs are made many at once.</summary>
    private DateTimeOffset? WakeOf(ScheduleProgress progress) => progress.State switch
    {
        ScheduleState.Active => progress.Next - (ahead / 2),
        ScheduleState.Paused => progress.PausedUntil,
        _ => null,
    };

    /// <summary>One step from run to run.</summary>
    private sealed class Step(
        ScheduleRecord record, ScheduleProgress progress, ScheduleTimes times, DateTimeOffset now, TimeSpan ahead,
        CancellationToken cancellationToken)
    {
        private readonly List<ScheduleOccurrence> recent = [.. progress.Recent];
        private readonly List<MissedRuns> missed = [.. progress.Missed];
        private readonly List<MissedRuns> news = [];
        private readonly List<DateTimeOffset> skips = [.. progress.Skips];
        private DateTimeOffset cursor = progress.Cursor;
        private int runs = progress.Runs;
        private int number = progress.Number;
        private long skipped;
        private int made;

        public ScheduleProgress Run(ICollection<MissedRuns>? told)
        {
            DateTimeOffset? next = null;
            ScheduleEnd? end = null;
            for (var size = 1; next is null && end is null; size = Math.Min(size * 2, MaxChunk))
            {
                var found = times.Next(cursor, size, runs, cancellationToken);
                end = found.Runs.Count == 0 ? found.End : null;
                for (var i = 0; i < found.Runs.Count && next is null; i++)
                {
                    var at = found.Runs[i].Step.At;
                    if (at > now + ahead || made == MaxMade || made + skipped >= MaxSeen)
                    {
                        next = at;
                    }
                    else
                    {
                        Take(at, i + 1 < found.Runs.Count ? found.Runs[i + 1].Step.At : null);
                    }
                }
            }

            news.ForEach(each => told?.Add(each));
            return progress with
            {
                Cursor = cursor,
                Runs = runs,
                Number = number,
                Skipped = progress.Skipped + skipped,
                Next = next,
                State = next is null ? ScheduleState.Finished : ScheduleState.Active,
                Ended = end,
                Recent = Kept(recent, now),
                Missed = [.. missed.TakeLast(MaxMissed)],
                Skips = skips,
            };
        }

        private void Take(DateTimeOffset at, DateTimeOffset? following)
        {
            cursor = at;
            if (WhyMissed(at, following) is { } reason)
            {
                Skip(at, reason);
                return;
            }

            var jitter = record.Definition.When.Jitter;
            var due = jitter > TimeSpan.Zero ? at + ScheduleJitter.Of(record.Name, at, jitter) : at;
            recent.Add(new ScheduleOccurrence(++number, at, due, progress.Generation, Instants.CeilingToMilliseconds(now)));
            runs++;
            made++;
        }

        private MissReason? WhyMissed(DateTimeOffset at, DateTimeOffset? following)
        {
            if (skips.Remove(at))
            {
                return MissReason.Requested;
            }

            if (at >= now - MissedAfter && !(at < progress.ResumedAt))
            {
                return null;
            }

            if (at < now - (record.Definition.CatchUp ?? ScheduleDefinition.DefaultCatchUp))
            {
                return MissReason.CatchUp;
            }

            return record.Definition.Misfire switch
            {
                MisfireRule.All => null,
                MisfireRule.Skip => MissReason.Misfire,
                _ => IsLastDue(at, following) ? null : MissReason.Misfire,
            };
        }

        /// <summary>Whether no other run is due yet that would come along with it.</summary>
        private bool IsLastDue(DateTimeOffset at, DateTimeOffset? following)
        {
            following ??= times.Next(at, 1, runs, cancellationToken).Runs is [var run, ..] ? run.Step.At : null;
            return following is not { } next || next > now;
        }

        private void Skip(DateTimeOffset at, MissReason reason)
        {
            skipped++;
            Add(missed, at, reason);
            Add(news, at, reason);
        }

        private static void Add(List<MissedRuns> groups, DateTimeOffset at, MissReason reason)
        {
            if (groups is [.., var last] && last.Reason == reason)
            {
                groups[^1] = last with { Last = at, Count = last.Count + 1 };
            }
            else
            {
                groups.Add(new MissedRuns(at, at, 1, reason));
            }
        }
    }
}
