namespace Producer.Sites;

/// <summary>Which visits of a span are counted, and until when they may go on.</summary>
/// <param name="from">Visits that began before it are not counted.</param>
/// <param name="to">Nor those that begin at or after it.</param>
internal sealed class VisitHorizon(long from, long to)
{
    /// <summary>How long a visit may pause.</summary>
    public const long MaxPause = 30 * TimeSpan.TicksPerMinute;

    private long latest = long.MinValue;

    public long To => to;

    public bool Counts(Visit visit) => visit.First >= from && visit.First < to;

    /// <summary>Notes the last event so far of a visit.</summary>
    public void Note(Visit visit) => latest = Counts(visit) ? Math.Max(latest, visit.Last) : latest;

    /// <summary>Whether none of them can go on at an instant.</summary>
    public bool IsOver(long at) => at >= to && (latest == long.MinValue || at - latest >= MaxPause);
}
