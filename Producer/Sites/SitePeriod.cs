namespace Producer.Sites;

/// <summary>A period's totals, all of it and step by step.</summary>
/// <param name="boundaries">The steps' boundaries, in 100 ns since 1970; the period's own without steps.</param>
internal sealed class SitePeriod(IReadOnlyList<long> boundaries)
{
    /// <summary>Of all of it.</summary>
    public SiteTotals Total { get; } = new();

    public IReadOnlyList<long> Boundaries => boundaries;

    /// <summary>Of each step.</summary>
    public IReadOnlyList<SiteTotals> Steps { get; } = [.. Enumerable.Range(0, boundaries.Count - 1).Select(_ => new SiteTotals())];

    /// <summary>Views by path; null if they could not be counted.</summary>
    public Dictionary<string, long>? Paths { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Events by type; null if they could not be counted.</summary>
    public Dictionary<string, long>? Types { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Totals by the breakdown's values; the empty text stands for none.</summary>
    public Dictionary<string, SiteTotals> Breakdown { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether visits are counted.</summary>
    public bool HasVisits { get; set; }

    /// <summary>Whether visitors of steps are counted.</summary>
    public bool HasStepVisitors { get; set; } = true;

    /// <summary>The step that an instant lies in.</summary>
    public SiteTotals StepOf(long at)
    {
        var (low, high) = (0, Steps.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = boundaries[middle] <= at ? (middle, high) : (low, middle - 1);
        }

        return Steps[low];
    }
}
