namespace Contracts.Timers;

/// <summary>Where this process's Runner had a timer.</summary>
public enum ArmedPosition
{
    /// <summary>It does not have it, or not for the caller: another command has taken it, or it is going back to the store.</summary>
    Absent,

    /// <summary>It had it waiting; now the caller has it.</summary>
    Taken,

    /// <summary>It is sending it, or writing down the outcome.</summary>
    InFlight,
}
