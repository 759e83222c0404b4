namespace Contracts.Timers;

/// <summary>Tells the Runner about timers that may fall due before its next poll.</summary>
/// <remarks>Hints only: a lost one costs lateness up to the polling interval, never a timer. Never throws, never waits.</remarks>
public interface IWakeUps
{
    /// <summary>Says that a stored timer falls due at this instant.</summary>
    void Notify(Guid timer, DateTimeOffset dueAt);
}
