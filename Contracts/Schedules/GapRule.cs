namespace Contracts.Schedules;

/// <summary>What becomes of a run whose local time does not exist, because clocks are put forward past it.</summary>
public enum GapRule
{
    /// <summary>
    /// It runs later by as much as clocks are put forward: 02:30 becomes 03:30. So RFC 5545 §3.3.5 has it; two runs never fall together.
    /// </summary>
    Shift,

    /// <summary>It does not run.</summary>
    Skip,
}
