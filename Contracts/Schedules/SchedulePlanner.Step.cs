using Contracts.Common;

namespace Contracts.Schedules;

/// <content>One step from run to run.</content>
public sealed partial class SchedulePlanner
{
    /// <summary>How many runs are asked for at once, when many are due.</summary>
    private const int MaxChunk = 64;

    /// <summary>One step from run to run.</summary>
    private sealed class Step(
        ScheduleRecord record, ScheduleProgress progress, ScheduleTimes times, DateTimeOffset now, TimeSpan ahead,
        CancellationToken cancellationToken)
    {
        private readonly List<ScheduleOccurrence> recent = [.. progress.Recent];
        private readonly List<MissedRuns> missed = [.. progress.Missed];
        private readonly List<MissedRuns> news = [];
        private readonly List<DateTimeOffset> skips = [.. progress.Skips];
        private readonly List<DateTimeOffset> buffered = [.. progress.Buffered];
        private readonly OverlapRule overlap = record.Definition.Overlap;
        private DateTimeOffset cursor = progress.Cursor;
        private int runs = progress.Runs;
        private int number = progress.Number;
        private long skipped;
        private int made;
        private int waiting;

        /// <summary>The time before that at the cursor.</summary>
        private DateTimeOffset previous;

        /// <summary>Whether an earlier run is unfinished, where that matters.</summary>
        private bool isOpen = record.Definition.Overlap != OverlapRule.Allow && IsOpen(progress);

        public ScheduleProgress Run(ICollection<MissedRuns>? told)
        {
            RunBuffered();
            DateTimeOffset? next = null;
            ScheduleEnd? end = null;
            for (var size = 1; next is null && end is null; size = Math.Min(size * 2, MaxChunk))
            {
                var found = times.Next(cursor, size, runs + buffered.Count, cancellationToken);
                end = found.Runs.Count == 0 ? found.End : null;
                for (var i = 0; i < found.Runs.Count && next is null; i++)
                {
                    var at = found.Runs[i].Step.At;
                    if (at > now + ahead || made >= MaxMade || made + skipped + waiting >= MaxSeen || !CanDecide(at))
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
                State = next is null && buffered.Count == 0 ? ScheduleState.Finished : ScheduleState.Active,
                Ended = buffered.Count == 0 ? end : null,
                Recent = Kept(record, recent, now),
                Missed = [.. missed.TakeLast(MaxMissed)],
                Skips = skips,
                Buffered = buffered,
            };
        }

        private void Take(DateTimeOffset at, DateTimeOffset? following)
        {
            (previous, cursor) = (cursor, at);
            if (WhyMissed(at, following) is { } reason)
            {
                Skip(at, reason);
            }
            else if (isOpen || buffered.Count > 0)
            {
                Overlap(at);
            }
            else
            {
                Make(at);
            }
        }

        private void Make(DateTimeOffset at)
        {
            var jitter = record.Definition.When.Jitter;
            var due = jitter > TimeSpan.Zero ? at + ScheduleJitter.Of(record.Name, at, jitter) : at;
            recent.Add(new ScheduleOccurrence(++number, at, due, progress.Generation, Instants.CeilingToMilliseconds(now))
            {
                Previous = recent.LastOrDefault(run => run.IsOwn)?.ScheduledFor,
            });
            runs++;
            made++;
            isOpen = overlap != OverlapRule.Allow;
        }

        /// <summary>
        /// Whether a run can be decided now: ahead of its instant only while nothing is open, and no backfill waits for just that.
        /// </summary>
        private bool CanDecide(DateTimeOffset at) => at <= now || overlap == OverlapRule.Allow || skips.Contains(at)
            || (!isOpen && buffered.Count == 0 && !IsBackfilling(progress));

        private void Overlap(DateTimeOffset at)
        {
            if (overlap == OverlapRule.CancelOther)
            {
                // The last one alone takes the place of what is cancelled.
                SkipBuffered(from: 0, count: buffered.Count);
            }

            if (buffered.Count < MaxBufferedBy(overlap))
            {
                buffered.Add(at);
                waiting++;
            }
            else
            {
                Skip(at, MissReason.Overlap);
            }
        }

        /// <summary>Makes what waits, as far as earlier runs have finished; where another rule was put meanwhile, as that says.</summary>
        private void RunBuffered()
        {
            if (buffered.Count - MaxBufferedBy(overlap) is > 0 and var extra)
            {
                SkipBuffered(overlap == OverlapRule.CancelOther ? 0 : buffered.Count - extra, extra);
            }

            var count = isOpen ? 0 : Math.Min(buffered.Count, overlap == OverlapRule.Allow ? MaxMade : 1);
            buffered[..count].ForEach(Make);
            buffered.RemoveRange(0, count);
        }

        private void SkipBuffered(int from, int count)
        {
            buffered.GetRange(from, count).ForEach(at => Skip(at, MissReason.Overlap));
            buffered.RemoveRange(from, count);
        }

        private static int MaxBufferedBy(OverlapRule overlap) => overlap switch
        {
            OverlapRule.Skip => 0,
            OverlapRule.BufferOne or OverlapRule.CancelOther => 1,
            _ => MaxBuffered,
        };

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

        private void Add(List<MissedRuns> groups, DateTimeOffset at, MissReason reason)
        {
            if (groups is [.., var last] && last.Reason == reason && IsNextTo(last.Last, at))
            {
                groups[^1] = last with { Last = at, Count = last.Count + 1 };
            }
            else
            {
                groups.Add(new MissedRuns(at, at, 1, reason));
            }
        }

        /// <summary>Whether no other time lies between two, so that a group says exactly which runs were skipped.</summary>
        private bool IsNextTo(DateTimeOffset before, DateTimeOffset at) => before == previous
            || (times.Next(before, 1, cancellationToken: cancellationToken).Runs is [var run, ..] && run.Step.At == at);
    }
}
