namespace Contracts.Schedules;

/// <summary>Past runs that are made because somebody asked for them, at a rate.</summary>
public sealed record ScheduleBackfill
{
    /// <summary>Whether only skipped runs are made that are recorded (<see cref="ScheduleProgress.Missed"/>).</summary>
    public bool IsReplay { get; init; }

    /// <summary>The first scheduled instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The last scheduled instant, which lies in the past.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Maximum number of runs a minute.</summary>
    public required int PerMinute { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last run was made, or when it was stopped; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Every run that is scheduled up to here is made, or was there.</summary>
    public required DateTimeOffset Cursor { get; init; }

    /// <summary>When the next run may come.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>Runs that were made.</summary>
    public int Made { get; init; }

    /// <summary>Runs that had been made by an earlier one, and so were not made again.</summary>
    public int Existing { get; init; }
}

/// <summary>The next runs of a backfill.</summary>
/// <param name="Runs">In the order of their scheduled instants; without numbers, and due when scheduled.</param>
/// <param name="IsLast">Whether no others come behind them.</param>
public sealed record BackfillStep(IReadOnlyList<ScheduleOccurrence> Runs, bool IsLast);
