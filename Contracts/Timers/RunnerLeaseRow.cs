namespace Contracts.Timers;

/// <summary>A stored lease.</summary>
/// <param name="Runner">The Runner that holds it.</param>
/// <param name="Until">Expiry by the store's clock; its claims are taken back some time later.</param>
/// <param name="Shards">What it claims from; others leave these alone while the lease lives.</param>
public sealed record RunnerLeaseRow(Guid Runner, DateTimeOffset Until, IReadOnlyList<int> Shards);
