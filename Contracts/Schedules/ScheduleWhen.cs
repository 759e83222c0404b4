using System.Text.Json.Serialization;

namespace Contracts.Schedules;

/// <summary>
/// When a schedule runs, as it is written and kept: local times and a zone. Instants are derived from it, so that a new zone database
/// moves them.
/// </summary>
/// <remarks>
/// Exactly one of <see cref="Cron"/>, <see cref="Rrule"/>, <see cref="Every"/> and <see cref="At"/>. A time is an RFC 3339 instant, such as
/// <c>2030-01-31T08:00:00Z</c>, or a local time of the zone, such as <c>2030-01-31T08:00</c>.
/// </remarks>
public sealed record ScheduleWhen
{
    /// <summary>A cron expression of five fields, or of six with seconds first.</summary>
    public string? Cron { get; init; }

    /// <summary>How the cron expression is read. Default Vixie.</summary>
    public CronDialect Dialect { get; init; }

    /// <summary>A recurrence rule of RFC 5545, such as <c>FREQ=MONTHLY;BYDAY=-1FR</c>; its DTSTART is the anchor.</summary>
    public string? Rrule { get; init; }

    /// <summary>Times that the rule leaves out; a date leaves out the whole day. Only with a rule.</summary>
    public IReadOnlyList<string>? Exdates { get; init; }

    /// <summary>Times that are added to the rule. Only with a rule.</summary>
    public IReadOnlyList<string>? Rdates { get; init; }

    /// <summary>
    /// An ISO 8601 duration, at least a second: <c>PT90M</c> of elapsed time, or <c>P1D</c>, <c>P2W</c>, <c>P1M</c> of the zone's calendar.
    /// </summary>
    public string? Every { get; init; }

    /// <summary>The first time of a duration, or DTSTART of a rule. Default: <see cref="StartAt"/>, or the schedule's creation.</summary>
    public string? Anchor { get; init; }

    /// <summary>Times, one by one.</summary>
    public IReadOnlyList<string>? At { get; init; }

    /// <summary>An IANA time zone. Default UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>No run before it.</summary>
    public string? StartAt { get; init; }

    /// <summary>No run after it; one at it there may be.</summary>
    public string? EndAt { get; init; }

    /// <summary>Maximum number of runs, at least 1; null for any number. What is skipped is not counted.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>What becomes of local times that do not exist. Default Shift.</summary>
    public GapRule Gap { get; init; }

    /// <summary>
    /// When local times run that come twice. Default: Both for what goes on by the minute or hour, that is a cron expression with <c>*</c>,
    /// a range or a step of seconds, minutes or hours, and a rule with FREQ=HOURLY, MINUTELY or SECONDLY; First for everything else.
    /// </summary>
    /// <remarks>So no schedule falls silent for the repeated hour, and nothing that is named by its time of day runs twice.</remarks>
    public FoldRule? Fold { get; init; }

    /// <summary>Dates on which it does not run, or on which alone it does.</summary>
    public IReadOnlyList<ScheduleCalendar>? Calendars { get; init; }

    /// <summary>The names of the stored calendars among them.</summary>
    [JsonIgnore]
    public IEnumerable<string> SharedCalendars => (Calendars ?? []).Where(each => each.IsShared).Select(each => each.Name);

    /// <summary>A run comes up to this much later, spread by name and occurrence; up to a day. Default none.</summary>
    public TimeSpan Jitter { get; init; }
}
