namespace ClientLibrary.Schedules;

/// <summary>When a schedule would run.</summary>
public sealed record SchedulePreview
{
    /// <summary>The time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The version of the time zone database.</summary>
    public required string ZoneDatabase { get; init; }

    /// <summary>The runs, in the order of what they are scheduled for.</summary>
    public required IReadOnlyList<ScheduleRun> Runs { get; init; }

    /// <summary>What is left out behind the last run; null for nothing.</summary>
    public IReadOnlyList<SkippedTimes>? Skipped { get; init; }

    /// <summary>Why there are fewer than were asked for: exhausted, endAt, maxRuns or searched; null where there are not.</summary>
    public string? End { get; init; }
}

/// <summary>A run.</summary>
public sealed record ScheduleRun
{
    /// <summary>When it comes: the scheduled instant and its jitter.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The scheduled instant in local time, with its offset.</summary>
    public required string Local { get; init; }

    /// <summary>The scheduled instant; null where there is no jitter.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>What is special about it, in words; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The local time that does not exist, of a run that is moved.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>Which of the two times it is, of a local time that comes twice: 1 or 2.</summary>
    public int? Fold { get; init; }

    /// <summary>What is left out before it; null for nothing.</summary>
    public IReadOnlyList<SkippedTimes>? Skipped { get; init; }

    /// <summary>What else is due at the receiver then; null without an address, and of all but the first 10 runs.</summary>
    public DueLoad? AlsoDue { get; init; }
}

/// <summary>Local times in a row that are left out for one reason.</summary>
public sealed record SkippedTimes
{
    /// <summary>The first one.</summary>
    public required string First { get; init; }

    /// <summary>The last one; null if there is one only.</summary>
    public string? Last { get; init; }

    /// <summary>How many there are.</summary>
    public required int Count { get; init; }

    /// <summary>gap, fold, coincides, exdate or calendar.</summary>
    public required string Reason { get; init; }

    /// <summary>The calendar that leaves them out.</summary>
    public string? Calendar { get; init; }
}
