namespace Contracts.Timers;

/// <summary>What came of taking a timer from the Runner of this process.</summary>
/// <param name="Position">Where the Runner had it.</param>
/// <param name="Hold">The timer, taken: it is not sent until it is disposed of. Null unless <see cref="ArmedPosition.Taken"/>.</param>
public readonly record struct ArmedTake(ArmedPosition Position, IArmedHold? Hold);
