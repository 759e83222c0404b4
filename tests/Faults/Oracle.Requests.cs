namespace Tests.Faults;

public sealed partial class Oracle
{
    /// <summary>
    /// How much longer a delay may last: a cluster counts it from an upper bound of the store's time, which a slow connection widens.
    /// </summary>
    private static readonly TimeSpan Clocks = TimeSpan.FromSeconds(1);

    /// <summary>Instants are promised in whole milliseconds, never earlier than requested.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    /// <summary>Judges each request by its mark: it may have made at most one timer, and only as it was requested.</summary>
    private void JudgeRequests()
    {
        var arrived = evidence.Arrivals.Where(arrival => arrival.Mark is not null).ToLookup(arrival => arrival.Mark!);
        var listed = evidence.Recounts.SelectMany(recount => recount.Timers).Concat(evidence.Seen).Where(seen => seen.Mark is not null)
            .ToLookup(seen => seen.Mark!, seen => seen.Id);
        foreach (var request in marks)
        {
            var promised = request.Where(each => each is { Verdict: Verdict.Ok, Id: not null }).Select(each => each.Id!).ToList();
            var ids = promised.Concat(arrived[request.Key].Select(arrival => arrival.TimerId))
                .Concat(listed[request.Key]).Distinct().ToList();
            if (request.All(each => each.Verdict == Verdict.Refused) && ids.Count > 0)
            {
                Add(Wrong.RefusedButDelivered, request.Key, $"as {ids[0]}");
            }
            else if (ids.Count > 1)
            {
                var keyed = request.Any(each => each.Key is not null);
                Add(keyed ? Wrong.SeveralTimersForOneKey
                    : Wrong.NeverAsked, request.Key, $"asked for once, and there are {string.Join(", ", ids)}");
            }

            // A client that repeats a request is told what was promised the first time.
            var (from, to) = (request.Min(each => each.From), request.Max(each => each.To));
            foreach (var answer in request)
            {
                JudgePromise(answer, from, to);
            }

            if (promised.Count == 0 && arrived[request.Key].Any(arrival => arrival.At < from))
            {
                Add(Wrong.Early, request.Key, $"asked for from {from:O} on, and no answer came");
            }
        }

        foreach (var move in evidence.Told.Where(each => each.Deed == Deed.Reschedule))
        {
            JudgePromise(move, move.From, move.To);
        }

        foreach (var timer in arrivals)
        {
            var asked = told[timer.Key].Where(each => each is { Deed: Deed.Create, Mark: not null }).Select(each => each.Mark).ToHashSet();
            if (asked.Count > 0 && timer.FirstOrDefault(arrival => !asked.Contains(arrival.Mark)) is { } other)
            {
                Add(Wrong.NeverAsked, timer.Key, $"asked for by {string.Join(", ", asked)}, delivered as {other.Mark} asked");
            }
        }
    }

    private void JudgePromise(Told answer, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (answer.Verdict == Verdict.Ok
            && (answer.DueAt < from || answer.DueAt > to + Rounding + (answer.Instant is null ? Clocks : TimeSpan.Zero)))
        {
            Add(Wrong.AnotherPromise, answer.Id ?? answer.Mark ?? string.Empty, $"asked for {from:O} to {to:O}, promised {answer.DueAt:O}");
        }
    }
}
