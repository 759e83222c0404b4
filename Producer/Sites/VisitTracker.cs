namespace Producer.Sites;

/// <summary>Cuts events, which come in time order, into visits: 30 minutes without any event end one.</summary>
/// <remarks>
/// A visit belongs to the instant of its first event, with all of its events, also those after the span that is looked at. Memory: one
/// entry for each visitor of the last half hour.
/// </remarks>
/// <param name="from">Visits that began before it are not counted.</param>
/// <param name="to">Nor those that begin at or after it.</param>
/// <param name="ended">Told of each visit that is counted when it has ended.</param>
internal sealed class VisitTracker(long from, long to, Action<Visit> ended)
{
    /// <summary>How long a visit may pause.</summary>
    public const long MaxPause = 30 * TimeSpan.TicksPerMinute;

    private const int SweepEvery = 10_000;

    private readonly Dictionary<long, Visit> open = [];
    private int seen;
    private long latest = long.MinValue;

    /// <summary>Notes an event.</summary>
    /// <returns>False once it lies so far after the span that no visit of it can go on.</returns>
    public bool See(long visitor, long at)
    {
        if (++seen % SweepEvery == 0)
        {
            Sweep(at - MaxPause);
        }

        if (open.TryGetValue(visitor, out var visit) && at - visit.Last < MaxPause)
        {
            visit = visit with { Last = at, Events = visit.Events + 1 };
            open[visitor] = visit;
            latest = IsCounted(visit) ? Math.Max(latest, at) : latest;
            return true;
        }

        if (visit.Events > 0 && open.Remove(visitor))
        {
            End(visit);
        }

        if (at >= to)
        {
            return !IsOver(at);
        }

        open[visitor] = new Visit(at, at, 1);
        latest = at >= from ? at : latest;
        return true;
    }

    /// <summary>Whether no visit can go on at an instant.</summary>
    public bool IsOver(long at) => at >= to && (latest == long.MinValue || at - latest >= MaxPause);

    /// <summary>No event comes any more.</summary>
    public void Complete() => Sweep(long.MaxValue);

    private bool IsCounted(Visit visit) => visit.First >= from && visit.First < to;

    private void Sweep(long before)
    {
        foreach (var (visitor, visit) in open.Where(each => each.Value.Last <= before).ToList())
        {
            open.Remove(visitor);
            End(visit);
        }
    }

    private void End(Visit visit)
    {
        if (IsCounted(visit))
        {
            ended(visit);
        }
    }
}

/// <summary>A visit.</summary>
/// <param name="First">The instant of its first event.</param>
/// <param name="Last">The instant of its last event.</param>
/// <param name="Events">Number of its events.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Visit(long First, long Last, int Events);
