using Tests.Support;

namespace Tests.Faults;

/// <summary>
/// Compares what clients were told with what receivers saw. Pure: it reads two journals after the fact and asks no program.
/// </summary>
/// <remarks>
/// PlantedBugTests prove that it detects each kind of violation in a program; OracleTests prove that it judges by promises and not by what
/// programs report.
/// </remarks>
public sealed partial class Oracle
{
    private static readonly string[] FinalStates = ["succeeded", "failed", "cancelled", "expired"];

    /// <summary>
    /// How long before its instant a timer may be claimed (DueOptions.MaxWindow): from then on a cancel is only recorded.
    /// </summary>
    private static readonly TimeSpan ClaimedAhead = TimeSpan.FromSeconds(5);

    private readonly Evidence evidence;
    private readonly List<Violation> violations = [];
    private readonly ILookup<string, Told> told;
    private readonly ILookup<string, Told> marks;
    private readonly ILookup<string, Arrival> arrivals;
    private readonly ILookup<string, string> states;
    private readonly HashSet<string> acknowledged;
    private readonly List<Arrival> repeated = [];
    private readonly Dictionary<Fault, int> answered = [];
    private TimeSpan worst;

    private Oracle(Evidence evidence)
    {
        this.evidence = evidence;
        told = evidence.Told.Where(each => each.Id is not null).OrderBy(each => each.At).ToLookup(each => each.Id!);
        marks = evidence.Told.Where(each => each.Mark is not null).ToLookup(each => each.Mark!);
        arrivals = evidence.Arrivals.OrderBy(arrival => arrival.At).ToLookup(arrival => arrival.TimerId);
        states = evidence.Seen.Concat(evidence.Recounts.SelectMany(recount => recount.Timers)).ToLookup(
            seen => seen.Id, seen => seen.State);
        acknowledged =
            [.. told.Where(timer => timer.Any(each => each is { Deed: Deed.Create, Verdict: Verdict.Ok })).Select(timer => timer.Key)];
    }

    public static Findings Judge(Evidence evidence) => new Oracle(evidence).Judge();

    private Findings Judge()
    {
        foreach (var timer in told)
        {
            var seen = arrivals[timer.Key].ToList();
            JudgeDelivery(timer.Key, [.. timer], seen);
            JudgeInstants(timer.Key, [.. timer], seen);
            JudgeExpiry(timer.Key, [.. timer], seen);
            JudgeLateness(timer.Key, [.. timer], seen);
            JudgeRepetitions(timer.Key, [.. timer], seen);
            JudgeAttempts(timer.Key, [.. timer], seen);
        }

        JudgeRequests();
        JudgeStates();
        JudgeRecounts();
        var lost = violations.Where(violation => violation.Wrong == Wrong.Lost).DistinctBy(violation => violation.Subject).Count();
        return new Findings(violations, repeated, acknowledged.Count, lost, worst);
    }

    private void JudgeDelivery(string id, List<Told> asked, List<Arrival> seen)
    {
        if (!acknowledged.Contains(id))
        {
            return;
        }

        // The last promise must be kept; an arrival before it was acknowledged kept an earlier one.
        var mayBeCancelled = asked.Any(
            each => each.Deed == Deed.Cancel && each.Verdict is Verdict.Ok or Verdict.Recorded or Verdict.Unknown);
        var last = asked.Last(each => each is { DueAt: not null, Verdict: Verdict.Ok });
        var due = asked.Where(each => each.Verdict is Verdict.Ok or Verdict.Unknown).Max(each => each.DueAt);
        var kept = seen.Any(arrival => arrival.DueAt == last.DueAt || arrival.At >= last.DueAt || (arrival.At >= last.At && !last.Open));
        if (!kept && !mayBeCancelled && due <= evidence.AsOf && !MayHaveExpired(asked, due))
        {
            Add(Wrong.Lost, id, $"due {due:O}, never delivered");
        }

        if (asked.Any(each => each.Verdict == Verdict.Missing))
        {
            Add(Wrong.Lost, id, "acknowledged, and a command was told that there is no such timer");
        }
    }

    /// <summary>Instants are judged by what clients were told; the webhook's own header could be wrong along with the sending.</summary>
    private void JudgeInstants(string id, List<Told> asked, List<Arrival> seen)
    {
        var cancel = asked.FirstOrDefault(each => each is { Deed: Deed.Cancel, Verdict: Verdict.Ok });
        var recorded = asked.FirstOrDefault(each => each is { Deed: Deed.Cancel, Verdict: Verdict.Recorded });
        foreach (var arrival in seen)
        {
            if (cancel is not null && arrival.At > cancel.At)
            {
                Add(Wrong.AfterCancel, id, $"cancelled {cancel.At:O}, arrived {arrival.At:O}");
            }

            var (latest, current) = InForce(asked, arrival.At);
            var old = latest is { Deed: Deed.Reschedule }
                && current.All(each => each.DueAt != arrival.DueAt) && asked.Any(each => each.DueAt == arrival.DueAt);
            if (latest is { Open: true } && arrival.DueAt != latest.DueAt && MayStillArrive(latest, seen))
            {
                continue;
            }

            if (old)
            {
                Add(Wrong.AtOldTime, id, $"for {arrival.DueAt:O} at {arrival.At:O}, promised {latest!.DueAt:O} at {latest.At:O}");
            }
            else if (arrival.At < arrival.DueAt || (current.Count > 0 && current.All(each => arrival.At < each.DueAt)))
            {
                Add(Wrong.Early, id, $"arrived {arrival.At:O}, due {arrival.DueAt:O}, promised {latest?.DueAt:O}");
            }
        }

        if (recorded is not null)
        {
            JudgeRecorded(id, asked, recorded, seen);
        }
    }

    /// <summary>
    /// A cancel that came while an attempt was in flight, or had been lost track of: that attempt may arrive, but none that began later.
    /// </summary>
    private void JudgeRecorded(string id, List<Told> asked, Told cancel, List<Arrival> seen)
    {
        var after = seen.Where(arrival => arrival.At > cancel.At).ToList();
        if (after.Count > 1)
        {
            Add(Wrong.AfterCancel, id, "more than the attempt that was under way arrived");
        }

        foreach (var arrival in after)
        {
            var before = seen.LastOrDefault(each => each.WebhookId == arrival.WebhookId && each.Attempt == arrival.Attempt - 1);
            var begun = before is null
                ? arrival.DueAt
                : (before.AnsweredAt ?? before.At) + (ScheduleOf(asked)?.PauseAfter(before.Attempt) ?? TimeSpan.Zero);
            if (cancel.Open ? !evidence.Faults.Any(fault => fault.Doubt != Doubt.Nothing && fault.From <= cancel.At)
                : begun > cancel.At + ClaimedAhead)
            {
                Add(Wrong.AfterCancel, id,
                    $"cancel noted {cancel.At:O}, attempt {arrival.Attempt} arrived {arrival.At:O} and was not under way");
            }
        }
    }

    /// <summary>
    /// Whether an answer was right to say that an earlier attempt may still arrive: once, and after a fault that left it in doubt.
    /// </summary>
    private bool MayStillArrive(Told latest, List<Arrival> seen) =>
        evidence.Faults.Any(fault => fault.Doubt != Doubt.Nothing && fault.From <= latest.At)
        && seen.Count(arrival => arrival.At > latest.At && arrival.DueAt != latest.DueAt) <= 1;

    /// <summary>
    /// Compares the first arrival of each occurrence with the latest promise that may have been in force: one for an instant that had
    /// passed when it was answered begins with its answer.
    /// </summary>
    private void JudgeLateness(string id, List<Told> asked, List<Arrival> seen)
    {
        if (!acknowledged.Contains(id))
        {
            return;
        }

        foreach (var first in seen.DistinctBy(arrival => arrival.WebhookId))
        {
            // Earlier attempts may have been lost on the way, so their pauses count, too.
            var pauses = ScheduleOf(asked)?.Before(first.Attempt) ?? TimeSpan.Zero;
            if (InForce(asked, first.At).Current.Max(each => each.OwedFrom) + pauses is not { } due)
            {
                continue;
            }

            worst = first.At - due > worst ? first.At - due : worst;
            if (IsLate(due, first.At))
            {
                Add(Wrong.Late, id, $"owed from {due:O}, arrived {first.At:O} for {first.DueAt:O}");
            }
        }
    }

    /// <summary>
    /// The promises in force at an instant: the last answer before it, and requests that were in flight or whose outcome is unknown.
    /// </summary>
    private static (Told? Latest, List<Told> Current) InForce(List<Told> asked, DateTimeOffset at)
    {
        var promises = asked.Where(each => each.DueAt is not null && each.Verdict is Verdict.Ok or Verdict.Unknown).ToList();
        var latest = promises.LastOrDefault(each => each.At <= at && each.Verdict == Verdict.Ok);
        return (latest,
            [.. promises.Where(each => each == latest || (each.SentAt <= at && each.At > at) || each.Verdict == Verdict.Unknown)]);
    }

    private void JudgeRepetitions(string id, List<Told> asked, List<Arrival> seen)
    {
        // A promise made after an attempt has a new webhook id; one that replaces a promise whose webhook nobody has seen does not.
        var renewals = asked.Count(each => each.Deed is Deed.Reschedule or Deed.Replay
            && (each.Verdict == Verdict.Unknown
            || (each.Verdict != Verdict.Refused && (each.Open || seen.Exists(arrival => arrival.At < each.At)))));
        if (seen.Select(arrival => arrival.WebhookId).Distinct().Count() > 1 + renewals)
        {
            Add(Wrong.DuplicateUnderAnotherId, id, string.Join(", ", seen.Select(arrival => $"{arrival.WebhookId} {arrival.At:O}")));
        }

        foreach (var occurrence in seen.GroupBy(arrival => arrival.WebhookId).Select(each => each.ToList()))
        {
            var excuses = new HashSet<(Fault, int)>();
            for (var i = 1; i < occurrence.Count; i++)
            {
                var before = occurrence[..i].LastOrDefault(earlier => IsAgain(earlier, occurrence[i]));
                if (before is null)
                {
                    continue;
                }

                repeated.Add(occurrence[i]);
                if (!IsExcused(before, occurrence[i], excuses) && !asked.Any(each => each.Deed == Deed.Replay))
                {
                    Add(Wrong.DuplicateWithoutFault, id,
                        $"arrived {before.At:O} and {occurrence[i].At:O}, attempts {before.Attempt} and {occurrence[i].Attempt}");
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

    /// <summary>The same attempt again, or an attempt after the receiver had answered 2xx.</summary>
    private static bool IsAgain(Arrival earlier, Arrival later) => earlier.Attempt == later.Attempt || earlier.Status is >= 200 and < 300;

    /// <summary>
    /// Nobody could record the attempt, so the same one comes again, once per fault; a next attempt would show that somebody did record it.
    /// A kill explains a few of those that were answered, and all others.
    /// </summary>
    private bool IsExcused(Arrival before, Arrival again, HashSet<(Fault Fault, int Attempt)> excuses) =>
        before.Attempt == again.Attempt
        && evidence.Faults.Any(fault =>
            fault.Excuses(before, again, evidence.Budget) && excuses.Add((fault, again.Attempt))
            && (!fault.CameAfterAnswer(before) || AnsweredBefore(fault) <= Fault.MaxAnswered));

    private int AnsweredBefore(Fault fault) => answered[fault] = answered.GetValueOrDefault(fault) + 1;

    private static int OccurrenceOf(string webhookId) => int.TryParse(webhookId.Split('-')[^1], out var occurrence) ? occurrence : 0;

    private bool IsLate(DateTimeOffset due, DateTimeOffset at)
    {
        var recovery = evidence.Faults.Where(fault => fault.Delays(due, at))
            .Select(fault => fault.Recovery).DefaultIfEmpty(TimeSpan.Zero).Max();
        return at - due > evidence.Budget + recovery + Fault.Within(evidence.Faults, due, at);
    }

    private void Add(Wrong wrong, string subject, string what) => violations.Add(new Violation(wrong, subject, what));
}
