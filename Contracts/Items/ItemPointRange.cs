namespace Contracts.Items;

/// <summary>Which units of time to tell: those that begin within a range, and of them the newest.</summary>
/// <param name="From">The earliest beginning, in 100 ns since 1970.</param>
/// <param name="To">The first instant after the latest beginning.</param>
/// <param name="Limit">Maximum number of points, from 1.</param>
public sealed record ItemPointRange(long From, long To, int Limit)
{
    /// <summary>From the earliest instant to the latest.</summary>
    public static ItemPointRange Of(int limit) => new(long.MinValue, long.MaxValue, limit);
}
