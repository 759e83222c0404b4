namespace Contracts.Schedules;

/// <summary>Why a run was skipped.</summary>
public enum MissReason
{
    /// <summary>It was missed, and <see cref="ScheduleDefinition.Misfire"/> leaves it out.</summary>
    Misfire,

    /// <summary>It was missed for longer than <see cref="ScheduleDefinition.CatchUp"/>.</summary>
    CatchUp,

    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>An earlier run was unfinished, and <see cref="ScheduleDefinition.Overlap"/> leaves it out.</summary>
    Overlap,
}
