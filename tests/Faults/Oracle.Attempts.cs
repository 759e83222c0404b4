using Tests.Support;

namespace Tests.Faults;

public sealed partial class Oracle
{
    private void JudgeAttempts(string id, List<Told> asked, List<Arrival> seen)
    {
        // A new promise starts a new count, and a replay a new schedule.
        if (ScheduleOf(asked) is not { } schedule || asked.Any(each => each.Deed == Deed.Replay))
        {
            return;
        }

        foreach (var occurrence in seen.GroupBy(arrival => arrival.WebhookId).Select(each => each.ToList()))
        {
            var numbers = occurrence.Select(arrival => arrival.Attempt).Distinct().Order().ToList();
            if (numbers[^1] > schedule.Attempts)
            {
                Add(Wrong.AttemptsOffSchedule, id, $"attempt {numbers[^1]} of {schedule.Attempts}");
            }

            // An attempt swallowed by a fault was not recorded either, and comes again under the same number.
            if (!numbers.SequenceEqual(Enumerable.Range(1, numbers.Count)))
            {
                Add(Wrong.AttemptsOffSchedule, id, $"only attempts {string.Join(", ", numbers)}");
            }

            foreach (var (before, next) in occurrence.Zip(occurrence.Skip(1)).Where(pair => pair.Second.Attempt == pair.First.Attempt + 1))
            {
                JudgePause(id, schedule, before, next);
            }
        }
    }

    private static Schedule? ScheduleOf(List<Told> asked) => asked.LastOrDefault(each => each.Schedule is not null)?.Schedule;

    private void JudgePause(string id, Schedule schedule, Arrival before, Arrival next)
    {
        var pause = schedule.PauseAfter(before.Attempt);
        var ended = before.AnsweredAt ?? before.At;
        if (next.At - ended < pause)
        {
            Add(Wrong.AttemptsOffSchedule, id, $"attempt {next.Attempt} came {next.At - ended} after the one before, not {pause}");
        }
        else if (before.AnsweredAt is { } answered && IsLate(answered + (pause * (1 + schedule.Jitter)), next.At))
        {
            Add(Wrong.Late, id, $"attempt {next.Attempt} came {next.At - answered} after the one before, not {pause}");
        }
    }

    private void JudgeStates()
    {
        foreach (var timer in states.Where(timer => told.Contains(timer.Key)))
        {
            var ends = timer.Where(FinalStates.Contains).Distinct().ToList();
            var asked = told[timer.Key].ToList();
            if (ends.Count > 1)
            {
                if (!asked.Any(each => each.Deed == Deed.Replay))
                {
                    Add(Wrong.SeveralFinalStates, timer.Key, string.Join(", ", ends));
                }

                continue;
            }

            var seen = arrivals[timer.Key].ToList();
            JudgeCancel(timer.Key, asked, ends.SingleOrDefault(), seen);
            if (ends.Contains("succeeded") && seen.Count > 0 && !seen.Any(arrival => arrival.Status is >= 200 and < 300))
            {
                Add(Wrong.AttemptsOffSchedule, timer.Key, "succeeded, and no attempt was answered with 2xx");
            }

            if (ends.Contains("failed") && seen.Any(arrival => arrival.Status is >= 200 and < 300))
            {
                Add(Wrong.AttemptsOffSchedule, timer.Key, "failed, and an attempt was answered with 2xx");
            }

            if (ends.Contains("failed") && ScheduleOf(asked) is { } schedule
                && seen.Count > 0 && seen[^1].Attempt < schedule.Attempts && seen.All(arrival => arrival.Status != 410))
            {
                Add(Wrong.AttemptsOffSchedule, timer.Key, $"failed after attempt {seen[^1].Attempt} of {schedule.Attempts}");
            }
        }
    }

    /// <summary>A timer ends as cancelled after a cancel, and only then. Arrivals after a cancel are judged separately.</summary>
    private void JudgeCancel(string id, List<Told> asked, string? end, List<Arrival> seen)
    {
        var cancels = asked.Where(each => each.Deed == Deed.Cancel && each.Verdict is not (Verdict.Refused or Verdict.Missing)).ToList();
        if (end == "cancelled" && cancels.Count == 0)
        {
            Add(Wrong.AttemptsOffSchedule, id, "cancelled, and nobody asked for it");
        }
        else if (end is not null and not "cancelled" && cancels.Find(each => each.Verdict == Verdict.Ok) is { } cancel
            && !seen.Exists(arrival => arrival.At > cancel.At))
        {
            Add(Wrong.AttemptsOffSchedule, id, $"cancelled {cancel.At:O}, and {end} all the same");
        }
    }

    private void JudgeRecounts()
    {
        foreach (var recount in evidence.Recounts)
        {
            foreach (var state in recount.States.Where(state => recount.Counted(state) != recount.Listed(state)))
            {
                Add(Wrong.StatsDiffer, state, $"stats say {recount.Counted(state)}, the list has {recount.Listed(state)}");
            }

            var listed = recount.Timers.ToDictionary(timer => timer.Id, timer => timer.State);
            foreach (var id in acknowledged)
            {
                if (!listed.TryGetValue(id, out var state))
                {
                    Add(Wrong.Lost, id, "acknowledged and not in the list");
                }
                else if (!FinalStates.Contains(state) && IsLate(told[id].Max(each => each.DueAt)!.Value, recount.At))
                {
                    Add(Wrong.AttemptsOffSchedule, id, $"still {state} {recount.At:O}");
                }
            }
        }
    }
}
