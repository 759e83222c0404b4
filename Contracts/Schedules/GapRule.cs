namespace Contracts.Schedules;

/// <summary>What becomes of a run whose local time does not exist, because clocks are put forward past it.</summary>
public enum GapRule
{
    /// <summary>
    /// It is moved later by as much as clocks are put forward: 02:30 becomes 03:30, as RFC 5545 §3.3.5 has it. Where there is a run
    /// already, it is left out.
    /// </summary>
    Shift,

    /// <summary>It does not run.</summary>
    Skip,
}
