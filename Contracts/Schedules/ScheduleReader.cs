using Contracts.Common;
using NodaTime;

namespace Contracts.Schedules;

/// <summary>Reads what a schedule says of its runs.</summary>
/// <remarks>Everything that is wrong is told at once.</remarks>
public sealed class ScheduleReader
{
    /// <summary>Maximum number of times in <c>at</c>, <c>exdates</c> and <c>rdates</c>, each.</summary>
    public const int MaxTimes = 1_000;

    /// <summary>Maximum number of calendars.</summary>
    public const int MaxCalendars = 20;

    /// <summary>Maximum length of a calendar's name.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The longest jitter.</summary>
    public static readonly TimeSpan MaxJitter = TimeSpan.FromDays(1);

    /// <summary>The first year that any time may lie in.</summary>
    public const int MinYear = 1900;

    /// <summary>The last one, in which schedules end.</summary>
    public const int MaxYear = 9998;

    /// <summary>What is wrong with a time that lies in others.</summary>
    public static readonly string Years = $"must lie in the years {MinYear} to {MaxYear}";

    /// <summary>What is wrong with a calendar that has no dates and is not stored.</summary>
    public const string NeedsDates = "put one of this name first, or give dates to exclude or to include";

    /// <summary>What is wrong with a name that is too long or empty.</summary>
    public static readonly string NameLength = $"must have 1 to {MaxNameLength} characters";

    /// <summary>What is wrong with the name of a calendar that has no dates and is not stored.</summary>
    public const string NotStored = "names no stored calendar: " + NeedsDates;

    /// <summary>What is wrong with too many dates.</summary>
    public static readonly string TooMany = $"must not have more than {CalendarDates.MaxEntries:#,0} dates";

    /// <summary>What is wrong where a schedule says in no way, or in several, when it runs.</summary>
    public const string OneOf = "give one of cron, rrule, every and at";

    private readonly ScheduleWhen when;
    private readonly ICollection<ScheduleFault> faults;
    private readonly DateTimeZone zone;
    private readonly ScheduleTime created;
    private readonly IReadOnlyList<CalendarRecord> shared;

    private ScheduleReader(
        ScheduleWhen when, DateTimeOffset createdAt, ScheduleZones zones, ICollection<ScheduleFault> faults,
        IReadOnlyList<CalendarRecord> shared)
    {
        (this.when, this.faults, this.shared) = (when, faults, shared);

        // Whole milliseconds, as all instants of runs are.
        created = new ScheduleTime(Instant.FromDateTimeOffset(Instants.CeilingToMilliseconds(createdAt)), default, IsDay: false);
        zone = zones.Find(when.Zone ?? "UTC") ?? DateTimeZone.Utc;
        if (when.Zone is not null && zones.Find(when.Zone) is null)
        {
            faults.Add(new ScheduleFault("zone", null, zones.Refuse(when.Zone)));
        }
    }

    /// <summary>Reads it.</summary>
    /// <param name="when">What it says.</param>
    /// <param name="createdAt">When the schedule was created, which is its anchor if it names none.</param>
    /// <param name="zones">The zone database.</param>
    /// <param name="faults">Gets everything that is wrong.</param>
    /// <param name="shared">The stored calendars that it names; another one is not known.</param>
    /// <returns>
    /// Null if something is wrong. Whether it ever runs again is not known yet: <see cref="ScheduleTimes.NeverAfter"/>.
    /// </returns>
    public static ScheduleTimes? Read(
        ScheduleWhen when, DateTimeOffset createdAt, ScheduleZones zones, ICollection<ScheduleFault> faults,
        IReadOnlyList<CalendarRecord>? shared = null)
    {
        ArgumentNullException.ThrowIfNull(when);
        ArgumentNullException.ThrowIfNull(zones);
        ArgumentNullException.ThrowIfNull(faults);
        var before = faults.Count;
        var times = new ScheduleReader(when, createdAt, zones, faults, shared ?? []).Read();
        return faults.Count == before ? times : null;
    }

    private ScheduleTimes? Read()
    {
        CheckChoice();
        var start = Time(when.StartAt, "startAt");
        var end = Time(when.EndAt, "endAt");
        var anchor = Time(when.Anchor, "anchor");
        if (start is { } first && end is { } last && last.InstantIn(zone) < first.InstantIn(zone))
        {
            Fail("endAt", "must not lie before startAt");
        }

        if (when.MaxRuns < 1)
        {
            Fail("maxRuns", "must be at least 1");
        }

        if (when.Jitter < TimeSpan.Zero || when.Jitter > MaxJitter || when.Jitter.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            Fail("jitter", $"must be from 0 to {MaxJitter.TotalHours:0} hours, in whole milliseconds");
        }

        var calendars = ReadCalendars();
        var exceptions = Times(when.Exdates, "exdates", allowsDays: true);
        var (field, source) = ReadSource(anchor ?? start ?? created);
        return source is null ? null : new ScheduleTimes(zone, field, source)
        {
            Start = start?.InstantIn(zone),
            End = end?.InstantIn(zone),
            MaxRuns = when.MaxRuns,
            ExceptInstants = exceptions.Where(time => time.Instant is not null).Select(time => time.Instant!.Value).ToHashSet(),
            ExceptTimes = exceptions.Where(time => time is { Instant: null, IsDay: false }).Select(time => time.Local).ToHashSet(),
            ExceptDays = exceptions.Where(time => time.IsDay).Select(time => time.Local.Date).ToHashSet(),
            Calendars = calendars,
        };
    }

    private void CheckChoice()
    {
        var given = new[] { ("cron", when.Cron is not null), ("rrule", when.Rrule is not null), ("every", when.Every is not null),
            ("at", when.At is not null) }.Where(each => each.Item2).Select(each => each.Item1).ToList();
        if (given.Count == 0)
        {
            Fail("cron", OneOf);
        }

        foreach (var field in given.Count > 1 ? given : [])
        {
            Fail(field, OneOf);
        }

        Refuse("exdates", when.Exdates is not null && when.Rrule is null,
            "stands only with rrule; calendars leave out dates of any schedule");
        Refuse("rdates", when.Rdates is not null && when.Rrule is null, "stands only with rrule");
        Refuse("anchor", when.Anchor is not null && when.Rrule is null && when.Every is null, "stands only with every and rrule");
    }

    private List<AppliedCalendar> ReadCalendars()
    {
        var calendars = when.Calendars ?? [];
        Refuse("calendars", calendars.Count > MaxCalendars, $"must not be more than {MaxCalendars}");
        var applied = new List<AppliedCalendar>();
        foreach (var (index, calendar) in calendars.Index())
        {
            var field = $"calendars[{index}]";
            Refuse($"{field}.name", calendar.Name.Length is 0 or > MaxNameLength, NameLength);
            Refuse($"{field}.name", calendars.Take(index).Any(other => other.Name == calendar.Name), "stands there twice");
            if (!calendar.IsShared)
            {
                Refuse($"{field}.exclude", calendar.Excluded.Entries.Count > CalendarDates.MaxEntries, TooMany);
                Refuse($"{field}.include", calendar.Included.Entries.Count > CalendarDates.MaxEntries, TooMany);
                applied.Add(new AppliedCalendar(calendar.Name, (date, _) => calendar.Allows(date)));
            }
            else if (shared.FirstOrDefault(each => each.Name == calendar.Name) is { } stored)
            {
                applied.Add(new AppliedCalendar(calendar.Name, stored.Allows));
            }
            else
            {
                Refuse(field, calendar.Name.Length == 0, NeedsDates);
                Refuse($"{field}.name", calendar.Name.Length is > 0 and <= MaxNameLength, NotStored);
            }
        }

        return applied;
    }

    private (string Field, Func<Instant, IEnumerable<ZonedStep>>? Source) ReadSource(ScheduleTime anchor)
    {
        if (when.Cron is not null)
        {
            return (CronParser.Field, new CronParser(when.Cron, when.Dialect, faults).Read() is { } cron
                ? OfLocal(cron, cron.IsContinuous) : null);
        }

        if (when.Rrule is not null)
        {
            return ReadRule(anchor);
        }

        if (when.Every is not null)
        {
            return ("every", SchedulePeriod.Read(when.Every, "every", faults) switch
            {
                null => null,
                { IsElapsed: true } period => from => OfInstants(ElapsedTimes.Every(anchor.InstantIn(zone), period.Elapsed, from)),
                { } period => OfLocal(new PeriodTimes(anchor.LocalIn(zone), period.Months, period.Days)),
            });
        }

        var times = Times(when.At, "at", allowsDays: false);
        Refuse("at", when.At is { Count: 0 }, "needs a time");
        return ("at", OfList(times));
    }

    private (string Field, Func<Instant, IEnumerable<ZonedStep>>? Source) ReadRule(ScheduleTime anchor)
    {
        var added = OfList(Times(when.Rdates, "rdates", allowsDays: false));
        if (new RuleParser(when.Rrule!, faults).Read() is not { } rule)
        {
            return (RuleParser.Field, null);
        }

        var times = new RuleTimes(rule, anchor.LocalIn(zone));
        if (rule.Positions.Length > 0 && times.PeriodTimes > RuleTimes.MaxPeriodTimes)
        {
            Fail(RuleParser.Field, $"BYSETPOS takes some of at most {RuleTimes.MaxPeriodTimes:#,0} times a period; here there are "
                + $"{times.PeriodTimes:#,0}");
            return (RuleParser.Field, null);
        }

        if (!times.Exist() && when.Rdates is null or { Count: 0 })
        {
            Fail(RuleParser.Field, "never fires: no day and time are as it says");
            return (RuleParser.Field, null);
        }

        var ruled = OfLocal(times, rule.Frequency > RuleFrequency.Daily);

        // UNTIL ends the rule, not what RDATE adds to it.
        return (RuleParser.Field, from => ZonedTimes.Merge(
            rule.UntilInstant is { } until ? ruled(from).TakeWhile(step => step.At <= until) : ruled(from), added(from)));
    }

    private Func<Instant, IEnumerable<ZonedStep>> OfLocal(ILocalTimes times, bool isContinuous = false)
    {
        var zoned = new ZonedTimes(times, zone, when.Gap, when.Fold ?? (isContinuous ? FoldRule.Both : FoldRule.First));
        return zoned.From;
    }

    private Func<Instant, IEnumerable<ZonedStep>> OfList(IReadOnlyList<ScheduleTime> times)
    {
        var local = OfLocal(new FixedTimes(times.Where(time => time.Instant is null).Select(time => time.Local)));
        var instants = times.Where(time => time.Instant is not null).Select(time => time.Instant!.Value).Distinct().Order().ToList();
        return from => ZonedTimes.Merge(local(from), OfInstants(instants.Where(instant => instant >= from)));
    }

    private IEnumerable<ZonedStep> OfInstants(IEnumerable<Instant> instants) =>
        instants.Select(at => new ZonedStep(at, at.InZone(zone).LocalDateTime, ClockShift.None, IsSkipped: false));

    private ScheduleTime? Time(string? text, string field) => text is null ? null : ScheduleTime.Read(text, field, faults);

    private List<ScheduleTime> Times(IReadOnlyList<string>? texts, string field, bool allowsDays)
    {
        var times = new List<ScheduleTime>();
        Refuse(field, texts is { Count: > MaxTimes }, $"must not be more than {MaxTimes:#,0}");
        foreach (var (index, text) in (texts ?? []).Take(MaxTimes).Index())
        {
            if (ScheduleTime.Read(text, $"{field}[{index}]", faults, allowsDays) is { } time)
            {
                times.Add(time);
            }
        }

        return times;
    }

    private void Refuse(string field, bool isWrong, string message)
    {
        if (isWrong)
        {
            Fail(field, message);
        }
    }

    private void Fail(string field, string message) => faults.Add(new ScheduleFault(field, null, message));
}
