namespace Producer.Sites;

/// <summary>Cuts events, which come in time order, into visits: 30 minutes without any event end one.</summary>
/// <remarks>
/// A visit belongs to the instant of its first event, with all of its events, also those after the span that is looked at. Memory: one
/// entry for each visitor of the last half hour.
/// </remarks>
/// <typeparam name="TKey">Whose visits: a visitor, or a visitor and what is looked at by itself.</typeparam>
/// <param name="horizon">Which visits are counted.</param>
/// <param name="ended">Told of each visit that is counted when it has ended.</param>
internal sealed class VisitTracker<TKey>(VisitHorizon horizon, Action<TKey, Visit> ended)
    where TKey : notnull
{
    private const int SweepEvery = 10_000;

    private readonly Dictionary<TKey, Visit> open = [];
    private int seen;

    /// <summary>Notes an event.</summary>
    public void See(TKey visitor, long at)
    {
        if (++seen % SweepEvery == 0)
        {
            Sweep(at - VisitHorizon.MaxPause);
        }

        if (open.TryGetValue(visitor, out var visit) && at - visit.Last < VisitHorizon.MaxPause)
        {
            open[visitor] = visit = visit with { Last = at, Events = visit.Events + 1 };
            horizon.Note(visit);
            return;
        }

        if (visit.Events > 0 && open.Remove(visitor))
        {
            End(visitor, visit);
        }

        if (at < horizon.To)
        {
            open[visitor] = visit = new Visit(at, at, 1);
            horizon.Note(visit);
        }
    }

    /// <summary>No event comes any more.</summary>
    public void Complete() => Sweep(long.MaxValue);

    private void Sweep(long before)
    {
        foreach (var (visitor, visit) in open.Where(each => each.Value.Last <= before).ToList())
        {
            open.Remove(visitor);
            End(visitor, visit);
        }
    }

    private void End(TKey visitor, Visit visit)
    {
        if (horizon.Counts(visit))
        {
            ended(visitor, visit);
        }
    }
}

/// <summary>A visit.</summary>
/// <param name="First">The instant of its first event.</param>
/// <param name="Last">The instant of its last event.</param>
/// <param name="Events">Number of its events.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Visit(long First, long Last, int Events);
