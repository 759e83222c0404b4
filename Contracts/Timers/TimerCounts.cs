namespace Contracts.Timers;

/// <summary>Timers per state.</summary>
/// <param name="AsOf">When this was so.</param>
/// <param name="ByState">States with none are left out.</param>
public sealed record TimerCounts(DateTimeOffset AsOf, IReadOnlyDictionary<TimerState, long> ByState);
