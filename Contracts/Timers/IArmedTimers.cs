namespace Contracts.Timers;

/// <summary>What the Runner of this process holds, so that a command can take a timer before it is sent.</summary>
/// <remarks>Without a Runner in the process it is always empty, and commands on armed timers are only recorded.</remarks>
public interface IArmedTimers
{
    /// <summary>Tries to take a loaded timer from the Runner: one compare-and-set against its dispatcher.</summary>
    ArmedTake TryTake(Guid key);
}
