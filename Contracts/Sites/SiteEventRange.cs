namespace Contracts.Sites;

/// <summary>Which events of a site to read, in time order.</summary>
/// <param name="From">The first instant, in 100 ns since 1970.</param>
/// <param name="To">The first instant after the last one.</param>
/// <param name="Limit">Maximum number of events, from 1.</param>
public sealed record SiteEventRange(long From, long To, int Limit)
{
    /// <summary>The event after which it goes on; null to begin.</summary>
    public SiteEventCursor? After { get; init; }

    /// <summary>Whether to say when and from where each came.</summary>
    public bool WithArrival { get; init; }
}
