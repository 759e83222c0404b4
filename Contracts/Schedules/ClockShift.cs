namespace Contracts.Schedules;

/// <summary>What a change of clocks does to a local time.</summary>
public enum ClockShift
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It does not exist: clocks are put forward past it.</summary>
    Gap,

    /// <summary>It comes twice, and this is the first time.</summary>
    First,

    /// <summary>It comes twice, and this is the second time.</summary>
    Second,
}
