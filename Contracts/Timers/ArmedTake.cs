namespace Contracts.Timers;

/// <summary>What came of taking a timer from the Runner of this process.</summary>
/// <param name="Position">Where the Runner had it.</param>
/// <param name="Hold">The timer, taken: it is not sent until it is disposed of. Null unless <see cref="ArmedPosition.Taken"/>.</param>
public readonly record struct ArmedTake(ArmedPosition Position, IArmedHold? Hold);

/// <summary>Where the Runner of this process had a timer.</summary>
public enum ArmedPosition
{
    /// <summary>It does not have it, or not for the caller: another command has taken it, or it is going back to the store.</summary>
    Absent,

    /// <summary>It had it waiting; now the caller has it.</summary>
    Taken,

    /// <summary>It is sending it, or writing down the outcome.</summary>
    InFlight,
}

/// <summary>A timer taken from the Runner. Disposing gives it back, to be sent, unless it was released.</summary>
public interface IArmedHold : IDisposable
{
    /// <summary>The claim that it was held under.</summary>
    ClaimToken Token { get; }

    /// <summary>The command is stored: the Runner forgets the timer.</summary>
    void Release();
}
