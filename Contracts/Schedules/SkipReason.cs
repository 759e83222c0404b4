namespace Contracts.Schedules;

/// <summary>Why a time that a schedule names is left out.</summary>
public enum SkipReason
{
    /// <summary>Clocks are put forward past it, and the schedule skips such times.</summary>
    Gap,

    /// <summary>It comes a second time, and the schedule takes the first one.</summary>
    Fold,

    /// <summary>It was shifted to, or named a second time for, an instant at which there is a run already.</summary>
    Coincides,

    /// <summary>The rule's exceptions (EXDATE) name it.</summary>
    Exdate,

    /// <summary>A calendar leaves out its date.</summary>
    Calendar,
}
