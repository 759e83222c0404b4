namespace Contracts.Timers;

/// <summary>A page of timers.</summary>
/// <param name="Items">Newest first; may be fewer than asked for, even none, while there are more.</param>
/// <param name="Next">Where to go on; null at the end.</param>
public sealed record TimerPage(IReadOnlyList<TimerRecord> Items, TimerCursor? Next);
