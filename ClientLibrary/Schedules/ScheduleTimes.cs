namespace ClientLibrary.Schedules;

/// <summary>When a schedule is to run: one of Cron, Rrule, Every and At. What is null is as the service has it by default.</summary>
/// <remarks>Times are RFC 3339 instants, or local times of the zone such as 2030-01-31T08:00.</remarks>
public record ScheduleTimes
{
    /// <summary>The name that it will have; needed with Jitter.</summary>
    public string? Name { get; init; }

    /// <summary>A cron expression of five fields, or of six with seconds first.</summary>
    public string? Cron { get; init; }

    /// <summary>How Cron is read: vixie (the default) or quartz.</summary>
    public string? Dialect { get; init; }

    /// <summary>A recurrence rule of RFC 5545.</summary>
    public string? Rrule { get; init; }

    /// <summary>Times or days that the rule leaves out.</summary>
    public IReadOnlyList<string>? Exdates { get; init; }

    /// <summary>Times that are added to the rule.</summary>
    public IReadOnlyList<string>? Rdates { get; init; }

    /// <summary>An ISO 8601 duration: PT90M of elapsed time, or P1D, P1M of the calendar.</summary>
    public string? Every { get; init; }

    /// <summary>The first time of Every, or DTSTART of Rrule.</summary>
    public string? Anchor { get; init; }

    /// <summary>Times, one by one.</summary>
    public IReadOnlyList<string>? At { get; init; }

    /// <summary>The IANA time zone. Default: UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>No run before it.</summary>
    public string? StartAt { get; init; }

    /// <summary>No run after it.</summary>
    public string? EndAt { get; init; }

    /// <summary>Maximum number of runs.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>Of local times that do not exist: shift (the default) or skip.</summary>
    public string? Gap { get; init; }

    /// <summary>Of local times that come twice: first or both. Default: both for what goes on by the minute or hour.</summary>
    public string? Fold { get; init; }

    /// <summary>Dates on which it does not run, or on which alone it does.</summary>
    public IReadOnlyList<ScheduleCalendar>? Calendars { get; init; }

    /// <summary>Runs come up to this much later.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>How many runs to show, 1 to 100. Default: 10.</summary>
    public int? Count { get; init; }

    /// <summary>The instant after which they are. Default: now.</summary>
    public DateTimeOffset? After { get; init; }
}

/// <summary>A stored calendar, or dates of the schedule's own, such as 2030-12-25.</summary>
/// <param name="Name">The stored calendar's name; with dates, what they are called where they leave out a run.</param>
/// <param name="Exclude">On these nothing runs.</param>
/// <param name="Include">Where there are any, only on these something runs.</param>
public sealed record ScheduleCalendar(string Name, IReadOnlyList<string>? Exclude = null, IReadOnlyList<string>? Include = null);
