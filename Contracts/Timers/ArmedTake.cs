namespace Contracts.Timers;

/// <summary>The result of taking a timer from this process's Runner.</summary>
/// <param name="Position">Where the Runner had it.</param>
/// <param name="Hold">The timer: it is not sent until this is disposed. Null unless <see cref="ArmedPosition.Taken"/>.</param>
public readonly record struct ArmedTake(ArmedPosition Position, IArmedHold? Hold);
