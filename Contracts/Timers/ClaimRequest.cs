namespace Contracts.Timers;

/// <summary>What a Runner wants to claim.</summary>
/// <param name="After">Only what falls due later than this; the earliest instant there is for no bound.</param>
/// <param name="Until">Only what falls due by this instant.</param>
/// <param name="Limit">Largest number of timers, at least 1.</param>
/// <param name="MaxBytes">Largest sum of their contents; one timer is given even when it alone is larger.</param>
public sealed record ClaimRequest(DateTimeOffset After, DateTimeOffset Until, int Limit, long MaxBytes)
{
    /// <summary>In whose name; <see cref="IRunnerLease.Runner"/>.</summary>
    public Guid Runner { get; init; }

    /// <summary>Only timers of these shards (<see cref="Shard"/>), at least one; null for all.</summary>
    public IReadOnlyList<int>? Shards { get; init; }
}
