namespace Contracts.Schedules;

/// <summary>The next runs of a schedule.</summary>
/// <param name="Runs">In the order of their instants.</param>
/// <param name="Skipped">What is left out behind the last one, as far as was looked.</param>
/// <param name="End">Why there are no more; null if there may be.</param>
public sealed record ScheduleRuns(IReadOnlyList<ScheduleRun> Runs, IReadOnlyList<SkippedTimes> Skipped, ScheduleEnd? End);

/// <summary>A run.</summary>
/// <param name="Step">When it is.</param>
/// <param name="Skipped">What is left out between the run before and this one.</param>
public sealed record ScheduleRun(ScheduleStep Step, IReadOnlyList<SkippedTimes> Skipped);

/// <summary>Times in a row that are left out for one reason.</summary>
/// <param name="First">The first one, as the schedule names it.</param>
/// <param name="Last">The last one.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Reason">Why.</param>
/// <param name="Calendar">The calendar that leaves them out.</param>
public sealed record SkippedTimes(DateTime First, DateTime Last, int Count, SkipReason Reason, string? Calendar);

/// <summary>Why a schedule runs no more.</summary>
public enum ScheduleEnd
{
    /// <summary>It names no further time.</summary>
    Exhausted,

    /// <summary>Its end is reached.</summary>
    EndAt,

    /// <summary>It has run as often as it may.</summary>
    MaxRuns,

    /// <summary>So many times in a row are left out that the search ended (<see cref="ScheduleTimes.MaxSearched"/>).</summary>
    Searched,
}
