namespace Tests.Faults;

public sealed partial class Oracle
{
    /// <summary>Each request by its mark: what may have come of it, one timer at most, and that one as it was asked for.</summary>
    private void JudgeRequests()
    {
        var arrived = evidence.Arrivals.Where(arrival => arrival.Mark is not null).ToLookup(arrival => arrival.Mark!);
        foreach (var request in marks)
        {
            var promised = request.Where(each => each is { Verdict: Verdict.Ok, Id: not null }).Select(each => each.Id!);
            var ids = promised.Concat(arrived[request.Key].Select(arrival => arrival.TimerId)).Distinct().ToList();
            if (request.All(each => each.Verdict == Verdict.Refused) && ids.Count > 0)
            {
                Add(Wrong.RefusedButDelivered, request.Key, $"as {ids[0]}");
            }
            else if (ids.Count > 1 && request.Any(each => each.Key is not null))
            {
                Add(Wrong.SeveralTimersForOneKey, request.Key, string.Join(", ", ids));
            }
            else if (ids.Count > 1 && !request.Any(each => evidence.Faults.Any(fault => fault.Meets(each.SentAt, each.At))))
            {
                // Where something broke, the client's own HTTP may have asked twice.
                Add(Wrong.NeverAsked, request.Key, $"asked for once, and there are {string.Join(", ", ids)}");
            }
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
}
