namespace Contracts.Schedules;

/// <summary>What becomes of a stored schedule.</summary>
public enum ScheduleState
{
    /// <summary>Its runs are made into timers.</summary>
    Active,

    /// <summary>None are, until it is resumed.</summary>
    Paused,

    /// <summary>It never runs again; <see cref="ScheduleProgress.Ended"/> says why.</summary>
    Finished,

    /// <summary>It is deleted for its clients. The row is left until runs that were made ahead are withdrawn.</summary>
    Deleting,
}
