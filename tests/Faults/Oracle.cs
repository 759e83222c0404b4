using Tests.Support;

namespace Tests.Faults;

/// <summary>Compares what clients were told with what receivers saw. Pure: it looks at two journals after the fact, and at no program.</summary>
/// <remarks>PlantedBugTests prove that it sees each kind of violation, and nothing where there is none.</remarks>
public sealed partial class Oracle
{
    private static readonly string[] FinalStates = ["succeeded", "failed", "cancelled"];

    private readonly Evidence evidence;
    private readonly List<Violation> violations = [];
    private readonly ILookup<string, Told> told;
    private readonly ILookup<string, Arrival> arrivals;
    private readonly ILookup<string, string> states;
    private readonly List<Arrival> repeated = [];

    private Oracle(Evidence evidence)
    {
        this.evidence = evidence;
        told = evidence.Told.Where(each => each.Id is not null).OrderBy(each => each.At).ToLookup(each => each.Id!);
        arrivals = evidence.Arrivals.OrderBy(arrival => arrival.At).ToLookup(arrival => arrival.TimerId);
        states = evidence.Seen.Concat(evidence.Recounts.SelectMany(recount => recount.Timers)).ToLookup(seen => seen.Id, seen => seen.State);
    }

    public static Findings Judge(Evidence evidence) => new Oracle(evidence).Judge();

    private Findings Judge()
    {
        foreach (var timer in told)
        {
            var seen = arrivals[timer.Key].ToList();
            JudgeDelivery(timer.Key, [.. timer], seen);
            JudgeInstants(timer.Key, [.. timer], seen);
            JudgeRepetitions(timer.Key, [.. timer], seen);
            JudgeAttempts(timer.Key, [.. timer], seen);
        }

        JudgeStates();
        JudgeKeys();
        JudgeRecounts();
        var owed = Acknowledged();
        return new Findings(
            violations,
            repeated,
            owed.Count,
            violations.Where(violation => violation.Wrong == Wrong.Lost).DistinctBy(violation => violation.Subject).Count(),
            owed.Where(arrivals.Contains).Select(id => arrivals[id].First()).Select(first => first.At - first.DueAt).DefaultIfEmpty().Max());
    }

    private HashSet<string> Acknowledged() =>
        [.. told.Where(timer => timer.Any(each => each is { Deed: Deed.Create, Verdict: Verdict.Ok })).Select(timer => timer.Key)];

    private void JudgeDelivery(string id, List<Told> asked, List<Arrival> seen)
    {
        var acknowledged = asked.Any(each => each is { Deed: Deed.Create, Verdict: Verdict.Ok });
        var mayBeCancelled = asked.Any(each => each.Deed == Deed.Cancel && each.Verdict is Verdict.Ok or Verdict.Recorded or Verdict.Unknown);
        var due = asked.Where(each => each.Verdict is Verdict.Ok or Verdict.Unknown).Max(each => each.DueAt);
        if (acknowledged && seen.Count == 0 && !mayBeCancelled && due <= evidence.AsOf)
        {
            Add(Wrong.Lost, id, $"due {due:O}, never delivered");
        }

        if (acknowledged && asked.Any(each => each.Verdict == Verdict.Missing))
        {
            Add(Wrong.Lost, id, "acknowledged, and a command was told that there is no such timer");
        }

        if (asked.Where(each => each.Deed == Deed.Create).All(each => each.Verdict == Verdict.Refused) && seen.Count > 0
            && asked.Any(each => each.Deed == Deed.Create))
        {
            Add(Wrong.RefusedButDelivered, id, $"delivered {seen[0].At:O}");
        }
    }

    /// <summary>Instants are judged by what clients were told; the webhook's own header could be wrong with the sending.</summary>
    private void JudgeInstants(string id, List<Told> asked, List<Arrival> seen)
    {
        var promises = asked.Where(each => each.DueAt is not null && each.Verdict is Verdict.Ok or Verdict.Unknown).ToList();
        var cancel = asked.FirstOrDefault(each => each is { Deed: Deed.Cancel, Verdict: Verdict.Ok });
        var recorded = asked.FirstOrDefault(each => each is { Deed: Deed.Cancel, Verdict: Verdict.Recorded });
        foreach (var arrival in seen)
        {
            // What was promised when it came: the last answer before it, or a request that was being answered.
            var latest = promises.LastOrDefault(each => each.At <= arrival.At && each.Verdict == Verdict.Ok);
            var current = promises.Where(each => each == latest || each.SentAt <= arrival.At && each.At > arrival.At || each.Verdict == Verdict.Unknown).ToList();
            var old = latest is { Deed: Deed.Reschedule }
                && current.All(each => each.DueAt != arrival.DueAt) && promises.Any(each => each.DueAt == arrival.DueAt);
            if (old)
            {
                Add(Wrong.AtOldTime, id, $"for {arrival.DueAt:O} at {arrival.At:O}, promised {latest!.DueAt:O} at {latest.At:O}");
            }
            else if (arrival.At < arrival.DueAt || current.Count > 0 && current.All(each => arrival.At < each.DueAt))
            {
                Add(Wrong.Early, id, $"arrived {arrival.At:O}, due {arrival.DueAt:O}, promised {latest?.DueAt:O}");
            }

            if (cancel is not null && arrival.At > cancel.At)
            {
                Add(Wrong.AfterCancel, id, $"cancelled {cancel.At:O}, arrived {arrival.At:O}");
            }
        }

        if (recorded is not null && seen.Count(arrival => arrival.At > recorded.At) > 1)
        {
            Add(Wrong.AfterCancel, id, "more than the attempt that was under way arrived");
        }

        if (seen.Count > 0 && IsLate(seen[0].DueAt, seen[0].At) && asked.Any(each => each is { Deed: Deed.Create, Verdict: Verdict.Ok }))
        {
            Add(Wrong.Late, id, $"due {seen[0].DueAt:O}, arrived {seen[0].At:O}");
        }
    }

    private void JudgeRepetitions(string id, List<Told> asked, List<Arrival> seen)
    {
        var renewed = asked.Any(each => each.Deed is Deed.Reschedule or Deed.Replay && each.Verdict != Verdict.Refused);
        if (!renewed && seen.Select(arrival => arrival.WebhookId).Distinct().Count() > 1)
        {
            Add(Wrong.DuplicateUnderAnotherId, id, string.Join(", ", seen.Select(arrival => $"{arrival.WebhookId} {arrival.At:O}")));
        }

        foreach (var occurrence in seen.GroupBy(arrival => arrival.WebhookId).Select(each => each.ToList()))
        {
            for (var i = 1; i < occurrence.Count; i++)
            {
                var before = occurrence[..i].LastOrDefault(earlier => IsAgain(earlier, occurrence[i]));
                if (before is null)
                {
                    continue;
                }

                repeated.Add(occurrence[i]);
                if (!evidence.Faults.Any(fault => fault.Excuses(before.At)) && !asked.Any(each => each.Deed == Deed.Replay))
                {
                    Add(Wrong.DuplicateWithoutFault, id, $"arrived {before.At:O} and {occurrence[i].At:O}, attempt {occurrence[i].Attempt}");
                }
            }

            if (occurrence.Zip(occurrence.Skip(1)).Any(pair => pair.Second.Attempt < pair.First.Attempt))
            {
                Add(Wrong.OutOfOrder, id, $"attempts {string.Join(", ", occurrence.Select(arrival => arrival.Attempt))}");
            }
        }

        var occurrences = seen.Select(arrival => OccurrenceOf(arrival.WebhookId)).ToList();
        if (occurrences.Zip(occurrences.Skip(1)).Any(pair => pair.Second < pair.First))
        {
            Add(Wrong.OutOfOrder, id, $"occurrences {string.Join(", ", occurrences)}");
        }
    }

    /// <summary>The same attempt once more, or one after the receiver had said 2xx.</summary>
    private static bool IsAgain(Arrival earlier, Arrival later) => earlier.Attempt == later.Attempt || earlier.Status is >= 200 and < 300;

    private static int OccurrenceOf(string webhookId) => int.TryParse(webhookId.Split('-')[^1], out var occurrence) ? occurrence : 0;

    private bool IsLate(DateTimeOffset due, DateTimeOffset at) =>
        at - due > evidence.Budget + evidence.Faults.Aggregate(TimeSpan.Zero, (sum, fault) => sum + fault.Within(due, at));

    private void Add(Wrong wrong, string subject, string what) => violations.Add(new Violation(wrong, subject, what));
}
