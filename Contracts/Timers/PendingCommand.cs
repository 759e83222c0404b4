namespace Contracts.Timers;

/// <summary>A command recorded on an armed timer.</summary>
public enum PendingCommand
{
    /// <summary>None.</summary>
    None,

    /// <summary>No further attempt follows the one under way.</summary>
    Cancel,

    /// <summary>No further attempt follows the one under way until the timer is resumed.</summary>
    Pause,
}
