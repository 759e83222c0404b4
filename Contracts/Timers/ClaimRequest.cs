namespace Contracts.Timers;

/// <summary>What a Runner wants to claim.</summary>
/// <param name="After">Only timers due after this; the minimum instant for no bound.</param>
/// <param name="Until">Only timers due by this instant.</param>
/// <param name="Limit">Maximum number of timers, at least 1.</param>
/// <param name="MaxBytes">Maximum total size of their contents; a single timer may exceed it.</param>
public sealed record ClaimRequest(DateTimeOffset After, DateTimeOffset Until, int Limit, long MaxBytes)
{
    /// <summary>The name to claim under; <see cref="IRunnerLease.Runner"/>.</summary>
    public Guid Runner { get; init; }

    /// <summary>Only timers of these shards (<see cref="Shard"/>), at least one; null for all.</summary>
    public IReadOnlyList<int>? Shards { get; init; }
}
