using System.Diagnostics.CodeAnalysis;

namespace Contracts.Schedules;

/// <summary>How far a schedule has come.</summary>
/// <remarks>Lists may be set to null: the JSON generator's code does so, past the initialisers, with what is absent.</remarks>
public sealed record ScheduleProgress
{
    /// <summary>What becomes of it.</summary>
    public ScheduleState State { get; init; }

    /// <summary>Drawn when it is created: of a later schedule with its name no run has the id of one of its runs.</summary>
    public required Guid Incarnation { get; init; }

    /// <summary>Grows whenever runs that were made ahead are withdrawn: what is made in their place has other ids.</summary>
    public int Generation { get; init; }

    /// <summary>Grows with every change by a client, also over a deletion; the ETag.</summary>
    public required long Revision { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a client changed it last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The anchor of what names none: when its present times were put.</summary>
    public required DateTimeOffset AnchoredAt { get; init; }

    /// <summary>Every run that is scheduled up to here is made, skipped or buffered; the next one is the first after it.</summary>
    public required DateTimeOffset Cursor { get; init; }

    /// <summary>Scheduled runs that were made, and not withdrawn; these count toward the maximum number.</summary>
    public int Runs { get; init; }

    /// <summary>The number of the last run.</summary>
    public int Number { get; init; }

    /// <summary>Runs that were skipped.</summary>
    public long Skipped { get; init; }

    /// <summary>What the next run to be made is scheduled for; null if there is none, or not until it is resumed.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Why it is paused.</summary>
    public string? PauseReason { get; init; }

    /// <summary>When it resumes by itself.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>When it was resumed last: what was scheduled before, it has missed.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>Why it has finished.</summary>
    public ScheduleEnd? Ended { get; init; }

    /// <summary>The last runs that were made, oldest first, with all that are scheduled ahead.</summary>
    [AllowNull]
    public IReadOnlyList<ScheduleOccurrence> Recent { get; init => field = value ?? []; } = [];

    /// <summary>The last runs that were skipped, oldest first.</summary>
    [AllowNull]
    public IReadOnlyList<MissedRuns> Missed { get; init => field = value ?? []; } = [];

    /// <summary>Runs that were made ahead and are to be withdrawn, in their order. Until they are, nothing is made.</summary>
    [AllowNull]
    public IReadOnlyList<ScheduleOccurrence> Withdrawing { get; init => field = value ?? []; } = [];

    /// <summary>Where the times that were put begin, while runs of the former ones are withdrawn; null if the times stay.</summary>
    public DateTimeOffset? StartAfter { get; init; }

    /// <summary>Scheduled instants ahead that somebody asked to skip.</summary>
    [AllowNull]
    public IReadOnlyList<DateTimeOffset> Skips { get; init => field = value ?? []; } = [];

    /// <summary>Scheduled instants of runs that wait until earlier ones have finished, in their order.</summary>
    [AllowNull]
    public IReadOnlyList<DateTimeOffset> Buffered { get; init => field = value ?? []; } = [];

    /// <summary>
    /// The sum of the revisions of the stored calendars that it names, when its runs were last derived from them: revisions only grow, so
    /// another sum says that one has changed. 0 for none.
    /// </summary>
    public long CalendarRevisions { get; init; }

    /// <summary>The last backfill that was asked for.</summary>
    public ScheduleBackfill? Backfill { get; init; }

    /// <summary>Whether a run is decided and not yet known to be stored as a timer.</summary>
    public bool IsUnstored => Recent.Any(each => !each.IsStored);
}
