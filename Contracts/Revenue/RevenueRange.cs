namespace Contracts.Revenue;

/// <summary>Which entries of a user's ledger to read, by their instants; those of one instant come in any fixed order.</summary>
/// <param name="From">The first instant, in 100 ns since 1970.</param>
/// <param name="To">The first instant after the last one.</param>
/// <param name="Limit">Maximum number of entries, from 1.</param>
/// <param name="After">Instant and id of the entry after which it goes on; null to begin.</param>
/// <param name="IsNewestFirst">Whether to begin with the latest one.</param>
public sealed record RevenueRange(long From, long To, int Limit, (long At, string EventId)? After = null, bool IsNewestFirst = false)
{
    /// <summary>From the earliest instant to the latest.</summary>
    public static RevenueRange Of(int limit) => new(long.MinValue, long.MaxValue, limit);
}
