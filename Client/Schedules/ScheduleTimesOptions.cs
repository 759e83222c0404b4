using System.CommandLine;
using Client.Printing;
using ClientLibrary.Schedules;

namespace Client.Schedules;

/// <summary>The options that say when a schedule runs.</summary>
internal sealed class ScheduleTimesOptions
{
    private readonly Option<string?> cron = new("--cron") { Description = "A cron expression, such as '30 2 * * MON-FRI'." };
    private readonly Option<string?> dialect = new("--dialect") { Description = "vixie or quartz: how --cron is read. Default: vixie." };
    private readonly Option<string?> rrule = new("--rrule") { Description = "A recurrence rule, such as 'FREQ=MONTHLY;BYDAY=-1FR'." };
    private readonly Option<string?> every = new("--every") { Description = "A duration, PT90M of elapsed time or P1D of the calendar." };
    private readonly Option<string[]> at = new("--at") { Description = "A time, such as 2030-01-31T08:00. May be repeated." };
    private readonly Option<string?> anchor = new("--anchor") { Description = "The first time of --every, DTSTART of --rrule." };
    private readonly Option<string[]> exdates = new("--exdate") { Description = "A time or day that --rrule leaves out. May be repeated." };
    private readonly Option<string[]> rdates = new("--rdate") { Description = "A time that is added to --rrule. May be repeated." };
    private readonly Option<string?> zone = new("--zone") { Description = "The time zone, such as Europe/Berlin. Default: UTC." };
    private readonly Option<string?> startAt = new("--start-at") { Description = "No run before this time." };
    private readonly Option<string?> endAt = new("--end-at") { Description = "No run after this time." };
    private readonly Option<int?> maxRuns = Inputs.Whole("--max-runs", "Maximum number of runs.", 1, int.MaxValue);
    private readonly Option<string?> gap = new("--gap")
    {
        Description = "shift or skip: what becomes of local times that clocks are put forward past. Default: shift.",
    };

    private readonly Option<string?> fold = new("--fold")
    {
        Description = "first or both: when a local time runs that comes twice. Default: both for what goes on by the minute or hour.",
    };

    private readonly Option<string[]> excluded = new("--exclude") { Description = "A date on which nothing runs. May be repeated." };
    private readonly Option<string[]> calendars = new("--calendar") { Description = "The name of a stored calendar. May be repeated." };
    private readonly Option<TimeSpan?> jitter = Inputs.Duration("--jitter", "Runs come up to this much later.");

    public IEnumerable<Option> All =>
        [cron, dialect, rrule, every, at, anchor, exdates, rdates, zone, startAt, endAt, maxRuns, gap, fold, calendars, excluded, jitter];

    /// <summary>What was typed.</summary>
    public ScheduleTimes Read(ParseResult parsed) => new()
    {
        Cron = parsed.GetValue(cron),
        Dialect = parsed.GetValue(dialect),
        Rrule = parsed.GetValue(rrule),
        Every = parsed.GetValue(every),
        At = Some(parsed.GetValue(at)),
        Anchor = parsed.GetValue(anchor),
        Exdates = Some(parsed.GetValue(exdates)),
        Rdates = Some(parsed.GetValue(rdates)),
        Zone = parsed.GetValue(zone),
        StartAt = parsed.GetValue(startAt),
        EndAt = parsed.GetValue(endAt),
        MaxRuns = parsed.GetValue(maxRuns),
        Gap = parsed.GetValue(gap),
        Fold = parsed.GetValue(fold),
        Calendars = ReadCalendars(Some(parsed.GetValue(calendars)), Some(parsed.GetValue(excluded))),
        Jitter = parsed.GetValue(jitter),
    };

    private static IReadOnlyList<ScheduleCalendar>? ReadCalendars(string[]? names, string[]? excluded) => names is null && excluded is null
        ? null
        : [
            .. (names ?? []).Select(name => new ScheduleCalendar(name)),
            .. excluded is null ? Array.Empty<ScheduleCalendar>() : [new ScheduleCalendar("--exclude", excluded)],
        ];

    private static string[]? Some(string[]? given) => given is { Length: > 0 } ? given : null;
}
