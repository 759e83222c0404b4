namespace Contracts.Timers;

/// <summary>A stored lease.</summary>
/// <param name="Runner">Whose.</param>
/// <param name="Until">By the store's clock; its claims are taken back a while after.</param>
/// <param name="Shards">What it claims from; others leave these alone while the lease lives.</param>
public sealed record RunnerLeaseRow(Guid Runner, DateTimeOffset Until, IReadOnlyList<int> Shards);
