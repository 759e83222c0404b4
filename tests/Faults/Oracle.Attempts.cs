using Tests.Support;

namespace Tests.Faults;

public sealed partial class Oracle
{
    /// <summary>
    /// A Runner of a cluster knows a lower bound of the store's time, which is nearer to it at one time than at another: by the way of an answer,
    /// on busy processors some milliseconds. A pause may be shorter by the difference; a due instant is not touched by it.
    /// </summary>
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(5);

    private void JudgeAttempts(string id, List<Told> asked, List<Arrival> seen)
    {
        // Another promise starts another count, and a replay another schedule.
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

            // An attempt that a fault swallows was not written down either, and comes again under its number.
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
        if (next.At - before.At < pause - Precision)
        {
            Add(Wrong.AttemptsOffSchedule, id, $"attempt {next.Attempt} came {next.At - before.At} after the one before, not {pause}");
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
            if (ends.Count > 1 && !asked.Any(each => each.Deed == Deed.Replay))
            {
                Add(Wrong.SeveralFinalStates, timer.Key, string.Join(", ", ends));
            }

            var seen = arrivals[timer.Key].ToList();
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

    private void JudgeRecounts()
    {
        foreach (var recount in evidence.Recounts)
        {
            foreach (var state in recount.States.Where(state => recount.Counted(state) != recount.Listed(state)))
            {
                Add(Wrong.StatsDiffer, state, $"stats say {recount.Counted(state)}, the list has {recount.Listed(state)}");
            }

            var listed = recount.Timers.Select(timer => timer.Id).ToHashSet();
            foreach (var id in acknowledged.Where(id => !listed.Contains(id)))
            {
                Add(Wrong.Lost, id, "acknowledged and not in the list");
            }
        }
    }
}
