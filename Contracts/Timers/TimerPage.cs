namespace Contracts.Timers;

/// <summary>A page of timers.</summary>
/// <param name="Items">Newest first; may be fewer than asked for, even none, while there are more.</param>
/// <param name="Next">The cursor for the next page; null at the end.</param>
public sealed record TimerPage(IReadOnlyList<TimerRecord> Items, TimerCursor? Next);
