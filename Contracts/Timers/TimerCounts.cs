namespace Contracts.Timers;

/// <summary>Timers per state.</summary>
/// <param name="AsOf">The instant at which the counts were right.</param>
/// <param name="ByState">States with none are left out.</param>
public sealed record TimerCounts(DateTimeOffset AsOf, IReadOnlyDictionary<TimerState, long> ByState);
