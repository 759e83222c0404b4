namespace Contracts.Timers;

/// <summary>Where the Runner of this process had a timer.</summary>
public enum ArmedPosition
{
    /// <summary>It does not have it.</summary>
    Absent,

    /// <summary>It had it waiting; now the caller has it.</summary>
    Taken,

    /// <summary>It is sending it, or writing down the outcome.</summary>
    InFlight,
}
