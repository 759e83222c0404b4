using System.Text.Json;
using Contracts.Schedules;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>When a schedule shall run.</summary>
internal abstract class ScheduleTimesRequest
{
    /// <summary>A cron expression of five fields, or of six with seconds first. Give this, rrule, every or at.</summary>
    public string? Cron { get; set; }

    /// <summary>How cron is read: vixie (default), as crontab does, or quartz.</summary>
    public string? Dialect { get; set; }

    /// <summary>A recurrence rule of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR; its DTSTART is anchor.</summary>
    public string? Rrule { get; set; }

    /// <summary>Times, or whole days, that the rule leaves out (EXDATE); at most 1,000.</summary>
    public IReadOnlyList<string>? Exdates { get; set; }

    /// <summary>Times that are added to the rule (RDATE); at most 1,000.</summary>
    public IReadOnlyList<string>? Rdates { get; set; }

    /// <summary>
    /// An ISO 8601 duration from a second to 100 years: PT90M of elapsed time, or P1D, P2W, P1M of the zone's calendar, which keep the time
    /// of day.
    /// </summary>
    public string? Every { get; set; }

    /// <summary>The first time of every, or DTSTART of rrule. Default: startAt, or the creation; in a preview, after.</summary>
    public string? Anchor { get; set; }

    /// <summary>Times, one by one; at most 1,000.</summary>
    public IReadOnlyList<string>? At { get; set; }

    /// <summary>The IANA time zone of everything local. Default UTC.</summary>
    public string? Zone { get; set; }

    /// <summary>No run before this instant or local time.</summary>
    public string? StartAt { get; set; }

    /// <summary>No run after this instant or local time; one at it there may be.</summary>
    public string? EndAt { get; set; }

    /// <summary>Maximum number of runs; times that are left out do not count.</summary>
    public int? MaxRuns { get; set; }

    /// <summary>
    /// What becomes of a local time that does not exist, because clocks are put forward past it: shift (default) moves it later by as
    /// much, skip leaves it out.
    /// </summary>
    public string? Gap { get; set; }

    /// <summary>
    /// When a local time runs that comes twice, because clocks are put back: first or both. Default both for what goes on by the minute or
    /// hour (cron with *, ranges or steps of seconds, minutes or hours; FREQ=HOURLY, MINUTELY, SECONDLY), first for everything else.
    /// </summary>
    public string? Fold { get; set; }

    /// <summary>Stored calendars, or named dates on which it does not run, or on which alone it does; at most 20.</summary>
    public IReadOnlyList<ScheduleCalendarRequest>? Calendars { get; set; }

    /// <summary>Runs come up to this much later, up to a day, spread by name and scheduled instant. Default none.</summary>
    public TimeSpan? Jitter { get; set; }

    /// <summary>Reads a field of these.</summary>
    /// <returns>False if it is none.</returns>
    protected bool TryReadTimes(string name, JsonElement value, FieldErrors errors)
    {
        switch (name)
        {
            case "cron": Cron = Read.Text(value, name, errors); break;
            case "dialect": Dialect = Word(value, name, errors, "vixie", "quartz"); break;
            case "rrule": Rrule = Read.Text(value, name, errors); break;
            case "exdates": Exdates = Read.Texts(value, name, errors); break;
            case "rdates": Rdates = Read.Texts(value, name, errors); break;
            case "every": Every = Read.Text(value, name, errors); break;
            case "anchor": Anchor = Read.Text(value, name, errors); break;
            case "at": At = Read.Texts(value, name, errors); break;
            case "zone": Zone = Read.Text(value, name, errors); break;
            case "startAt": StartAt = Read.Text(value, name, errors); break;
            case "endAt": EndAt = Read.Text(value, name, errors); break;
            case "maxRuns": MaxRuns = Read.Integer(value, name, errors); break;
            case "gap": Gap = Word(value, name, errors, "shift", "skip"); break;
            case "fold": Fold = Word(value, name, errors, "first", "both"); break;
            case "calendars": Calendars = ScheduleCalendarRequest.ListFrom(value, name, errors); break;
            case "jitter": Jitter = Read.Duration(value, name, errors); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Reads its times. Of a field that could not even be read, or of which a part could not, nothing more is said.</summary>
    /// <param name="createdAt">The anchor of what names none.</param>
    /// <param name="zones">The zone database.</param>
    /// <param name="calendars">The stored calendars that it names.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns>Null if something is.</returns>
    public ScheduleTimes? ReadTimes(
        DateTimeOffset createdAt, ScheduleZones zones, IReadOnlyList<CalendarRecord> calendars, FieldErrors errors)
    {
        if (Dialect is not null && Cron is null && !errors.Has("cron"))
        {
            errors.Add("dialect", "stands only with cron");
        }

        var faults = new List<ScheduleFault>();
        var times = ScheduleReader.Read(ToWhen(), createdAt, zones, faults, calendars);
        string[] ways = ["cron", "rrule", "every", "at"];
        var isUnread = ways.Any(errors.Has);
        var news = faults.Where(fault => !errors.Concern(fault.Field) && !(isUnread && fault.Message == ScheduleReader.OneOf)
            && !(fault.Message == ScheduleReader.NotStored && errors.Concern(fault.Field[..fault.Field.LastIndexOf('.')]))).ToList();
        foreach (var fault in news)
        {
            errors.Add(fault.Field, fault.Text);
        }

        return times;
    }

    public ScheduleWhen ToWhen() => new()
    {
        Cron = Cron,
        Dialect = Dialect == "quartz" ? CronDialect.Quartz : CronDialect.Vixie,
        Rrule = Rrule,
        Exdates = Exdates,
        Rdates = Rdates,
        Every = Every,
        Anchor = Anchor,
        At = At,
        Zone = Zone,
        StartAt = StartAt,
        EndAt = EndAt,
        MaxRuns = MaxRuns,
        Gap = Gap == "skip" ? GapRule.Skip : GapRule.Shift,
        Fold = Fold switch { "both" => FoldRule.Both, "first" => FoldRule.First, _ => null },
        Calendars = Calendars?.Select(calendar => calendar.ToCalendar()).ToList(),
        Jitter = Jitter ?? TimeSpan.Zero,
    };

    protected static string? Word(JsonElement value, string field, FieldErrors errors, params ReadOnlySpan<string> words)
    {
        var text = Read.Text(value, field, errors);
        if (text is not null && !words.Contains(text))
        {
            errors.Add(field, words!.Length == 2 ? $"must be {words[0]} or {words[1]}" : $"must be one of {string.Join(", ", words)}");
        }

        return text;
    }
}
