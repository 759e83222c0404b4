namespace Contracts.Timers;

/// <summary>A timer taken from the Runner. Disposing it hands it back to be sent, unless it was released.</summary>
public interface IArmedHold : IDisposable
{
    /// <summary>The claim that it was held under.</summary>
    ClaimToken Token { get; }

    /// <summary>The command is stored: the Runner forgets the timer.</summary>
    void Release();
}
