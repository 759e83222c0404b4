namespace Contracts.Schedules;

/// <summary>What becomes of runs that were missed, because the service was down or the schedule was paused.</summary>
public enum MisfireRule
{
    /// <summary>The last one runs, as late as it is.</summary>
    Latest,

    /// <summary>Every one runs.</summary>
    All,

    /// <summary>None runs.</summary>
    Skip,
}
