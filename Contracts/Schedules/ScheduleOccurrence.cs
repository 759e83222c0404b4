namespace Contracts.Schedules;

/// <summary>A run that was made into a timer.</summary>
/// <param name="Number">From 1, in the order in which they were made; of a run that is withdrawn, it is not used again.</param>
/// <param name="ScheduledFor">The instant that the schedule names; of one that somebody asked for, when.</param>
/// <param name="DueAt">The timer's instant: the same with its jitter.</param>
/// <param name="Generation">The schedule's generation that it was made in; part of the timer's id.</param>
/// <param name="MadeAt">When it was decided to make it.</param>
public sealed record ScheduleOccurrence(
    int Number, DateTimeOffset ScheduledFor, DateTimeOffset DueAt, int Generation, DateTimeOffset MadeAt)
{
    /// <summary>Whether it was made by a backfill. Its id follows from its instant alone, whatever was changed meanwhile.</summary>
    public bool IsBackfilled { get; init; }

    /// <summary>What the run before it was scheduled for; null of the first one, and of what somebody asked for.</summary>
    public DateTimeOffset? Previous { get; init; }

    /// <summary>Whether the schedule names it by itself: nobody asked for it.</summary>
    public bool IsOwn => !IsManual && !IsBackfilled;

    /// <summary>
    /// Whether its timer is known to be stored. The row says first what is to be made: whoever finds it unstored stores it under the same
    /// id.
    /// </summary>
    public bool IsStored { get; init; }

    /// <summary>Whether somebody asked for it, apart from what the schedule names.</summary>
    public bool IsManual { get; init; }

    /// <summary>
    /// Whether its timer is known to have finished. It is looked for where runs may not overlap; elsewhere it is false.
    /// </summary>
    public bool IsFinished { get; init; }
}

/// <summary>Runs in a row that were skipped for one reason.</summary>
/// <param name="First">The first one's scheduled instant.</param>
/// <param name="Last">The last one's.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Reason">Why.</param>
public sealed record MissedRuns(DateTimeOffset First, DateTimeOffset Last, int Count, MissReason Reason);
