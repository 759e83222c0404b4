using Tests.Support;

namespace Tests.Faults;

public sealed partial class Oracle
{
    /// <summary>How long a request that was begun before the expiry may take until its receiver notes it, on a busy machine.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// When a timer expires at the latest, by what its clients were told; null if it never does, or if one promise that may hold has no
    /// end.
    /// </summary>
    private static DateTimeOffset? EndOf(List<Told> asked)
    {
        var promises = asked.Where(
            each => each.Deed != Deed.Cancel && each.Verdict is Verdict.Ok or Verdict.Unknown or Verdict.Recorded).ToList();
        return promises.Count == 0 || promises.Exists(each => each.End is null) ? null : promises.Max(each => each.End);
    }

    /// <summary>Nothing arrives after the expiry, and a timer ends as expired after it only, and only if it has one.</summary>
    private void JudgeExpiry(string id, List<Told> asked, List<Arrival> seen)
    {
        var end = EndOf(asked);
        foreach (var arrival in seen.Where(arrival => arrival.At > end + UnderWay))
        {
            Add(Wrong.AfterExpiry, id, $"expired {end:O}, arrived {arrival.At:O}");
        }

        if (!states[id].Contains("expired"))
        {
            return;
        }

        if (asked.TrueForAll(each => each.End is null) || asked.Min(each => each.End) > evidence.AsOf)
        {
            Add(Wrong.AttemptsOffSchedule, id, $"expired, and was to expire {end:O}");
        }
        else if (seen.Exists(arrival => arrival.Status is >= 200 and < 300))
        {
            Add(Wrong.AttemptsOffSchedule, id, "expired, and an attempt was answered with 2xx");
        }
    }

    /// <summary>
    /// Whether a timer could expire before it was late: an expiry excuses no more than the lateness that an outage and the budget explain.
    /// </summary>
    private bool MayHaveExpired(List<Told> asked, DateTimeOffset? due) =>
        EndOf(asked) is { } end && due is { } from && end <= evidence.AsOf && !IsLate(from, end);
}
