using NodaTime;

namespace Contracts.Schedules;

/// <summary>The instants at which a schedule runs, derived from what it says and from the zone database.</summary>
/// <remarks>
/// It has no clock and no memory: what comes after an instant is always the same, so that the next run follows from the scheduled one,
/// whenever it is asked for. Made by <see cref="ScheduleReader"/>.
/// </remarks>
public sealed class ScheduleTimes
{
    /// <summary>How many times are looked at in one search, those that are left out among them.</summary>
    public const int MaxSearched = 100_000;

    /// <summary>
    /// So many times in a row that calendars leave out are looked at and counted one by one; then their days are passed at once.
    /// </summary>
    public const int MaxCounted = 20_000;

    /// <summary>How many days are passed at once.</summary>
    private const int MaxDays = 20 * 366;

    private readonly DateTimeZone zone;
    private readonly string field;
    private readonly Func<Instant, IEnumerable<ZonedStep>> source;

    internal ScheduleTimes(DateTimeZone zone, string field, Func<Instant, IEnumerable<ZonedStep>> source) =>
        (this.zone, this.field, this.source) = (zone, field, source);

    /// <summary>The name of its time zone.</summary>
    public string Zone => zone.Id;

    internal Instant? Start { get; init; }

    internal Instant? End { get; init; }

    internal int? MaxRuns { get; init; }

    internal IReadOnlySet<Instant> ExceptInstants { get; init; } = new HashSet<Instant>();

    internal IReadOnlySet<LocalDateTime> ExceptTimes { get; init; } = new HashSet<LocalDateTime>();

    internal IReadOnlySet<LocalDate> ExceptDays { get; init; } = new HashSet<LocalDate>();

    internal IReadOnlyList<AppliedCalendar> Calendars { get; init; } = [];

    /// <summary>The next runs after an instant.</summary>
    /// <param name="after">The instant, such as the one that the last run was scheduled for.</param>
    /// <param name="count">How many runs, at least 1.</param>
    /// <param name="runsBefore">How many there have been, which count toward the maximum number.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public ScheduleRuns Next(DateTimeOffset after, int count, int runsBefore = 0, CancellationToken cancellationToken = default)
    {
        var (runs, skipped, searched) = (new List<ScheduleRun>(), new List<SkippedTimes>(), 0);
        if (runsBefore >= MaxRuns)
        {
            return new ScheduleRuns(runs, skipped, ScheduleEnd.MaxRuns);
        }

        foreach (var step in Steps(Instant.FromDateTimeOffset(after) + Duration.FromTicks(1)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var at = Instant.FromDateTimeOffset(step.At);
            if (at > End)
            {
                return new ScheduleRuns(runs, skipped, ScheduleEnd.EndAt);
            }

            if (step.Skipped is { } reason)
            {
                Add(skipped, step, reason);
            }
            else
            {
                runs.Add(new ScheduleRun(step, skipped));
                skipped = [];
                if (runsBefore + runs.Count >= MaxRuns)
                {
                    return new ScheduleRuns(runs, skipped, ScheduleEnd.MaxRuns);
                }
            }

            if (runs.Count == count || ++searched == MaxSearched)
            {
                return new ScheduleRuns(runs, skipped, runs.Count == count ? null : ScheduleEnd.Searched);
            }
        }

        return new ScheduleRuns(runs, skipped, ScheduleEnd.Exhausted);
    }

    /// <summary>Why a schedule will never run, for one that has no next run.</summary>
    /// <param name="after">The instant after which there is none.</param>
    /// <param name="none">What was found instead.</param>
    public ScheduleFault NeverAfter(DateTimeOffset after, ScheduleRuns none)
    {
        ArgumentNullException.ThrowIfNull(none);
        var since = Common.Rfc3339.ToString(after);
        var count = none.Skipped.Sum(each => each.Count);
        var except = count == 0 ? string.Empty
            : (count == 1 ? "; one time is left out, " : $"; {count:#,0} times are left out, the first of them, ")
                + $"{none.Skipped[0].First:yyyy-MM-ddTHH:mm:ss}, because {Words(none.Skipped[0])}";
        return none.End switch
        {
            ScheduleEnd.EndAt => new ScheduleFault("endAt", null, $"leaves no run after {since}{except}"),
            ScheduleEnd.MaxRuns => new ScheduleFault("maxRuns", null, "is reached"),
            ScheduleEnd.Searched => new ScheduleFault(field, null, $"has no run after {since} within {MaxSearched:#,0} times{except}"),
            _ => new ScheduleFault(field, null, $"never fires after {since}{except}"),
        };
    }

    /// <summary>Why times are left out, as the end of a sentence.</summary>
    public static string Words(SkippedTimes skipped)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        return skipped.Reason switch
        {
            SkipReason.Gap => "clocks are put forward past it",
            SkipReason.Fold => "clocks are put back and it comes a second time",
            SkipReason.Coincides => "it falls together with another run",
            SkipReason.Exdate => "exdates name it",
            _ => $"the calendar '{skipped.Calendar}' leaves out its date",
        };
    }

    /// <summary>The times that it names from an instant on, without regard to its end and to how often it may run.</summary>
    internal IEnumerable<ScheduleStep> Steps(Instant from)
    {
        for (Instant? begin = Start > from ? Start.Value : from; begin is not null;)
        {
            var (inRow, passed) = (0, (Instant?)null);
            foreach (var step in StepsOneByOne(begin.Value))
            {
                yield return step;
                inRow = step.Skipped == SkipReason.Calendar ? inRow + 1 : 0;
                if (inRow == MaxCounted)
                {
                    inRow = 0;
                    passed = FindOpen(step);
                    if (passed is not null)
                    {
                        break;
                    }
                }
            }

            begin = passed;
        }
    }

    private IEnumerable<ScheduleStep> StepsOneByOne(Instant from)
    {
        Instant? last = null;
        foreach (var step in source(from))
        {
            var local = step.Shift == ClockShift.Gap && step.IsSkipped ? step.Named : step.At.InZone(zone).LocalDateTime;
            var (skipped, calendar) = Skip(step, local.Date, last);
            if (skipped is null)
            {
                last = step.At;
            }

            yield return new ScheduleStep(
                step.At.ToDateTimeOffset(), local.ToDateTimeUnspecified(), step.Named.ToDateTimeUnspecified(), step.Shift, skipped,
                calendar);
        }
    }

    /// <summary>The beginning of the next day that no calendar leaves out, or of a late one.</summary>
    /// <returns>Null if there is none to go to, or if clocks that are put back have shown that day before.</returns>
    private Instant? FindOpen(ScheduleStep step)
    {
        var date = LocalDate.FromDateTime(step.Local);
        var last = LocalDate.Min(date.PlusDays(MaxDays), ScheduleTime.LastDay);
        var begin = Instant.FromDateTimeOffset(step.At);
        while (date < last)
        {
            date = date.PlusDays(1);
            begin = date.AtStartOfDayInZone(zone).ToInstant();
            var (day, at) = (date.ToDateOnly(), begin.ToDateTimeOffset());
            if (Calendars.All(calendar => calendar.Allows(day, at)))
            {
                break;
            }
        }

        var stretch = zone.GetZoneInterval(begin);
        var isBack = stretch.HasStart && zone.GetZoneInterval(stretch.Start - Duration.Epsilon).IsoLocalEnd > date.AtMidnight();
        return begin > Instant.FromDateTimeOffset(step.At) && !isBack ? begin : null;
    }

    private (SkipReason? Reason, string? Calendar) Skip(ZonedStep step, LocalDate date, Instant? last)
    {
        if (step.IsSkipped)
        {
            return (step.Shift == ClockShift.Gap ? SkipReason.Gap : SkipReason.Fold, null);
        }

        if (step.At == last)
        {
            return (SkipReason.Coincides, null);
        }

        if (ExceptTimes.Contains(step.Named) || ExceptDays.Contains(step.Named.Date) || ExceptInstants.Contains(step.At))
        {
            return (SkipReason.Exdate, null);
        }

        var (day, at) = Calendars.Count == 0 ? default : (date.ToDateOnly(), step.At.ToDateTimeOffset());
        foreach (var calendar in Calendars)
        {
            if (!calendar.Allows(day, at))
            {
                return (SkipReason.Calendar, calendar.Name);
            }
        }

        return (null, null);
    }

    private static void Add(List<SkippedTimes> skipped, ScheduleStep step, SkipReason reason)
    {
        if (skipped.Count > 0 && skipped[^1] is var before && before.Reason == reason && before.Calendar == step.Calendar)
        {
            skipped[^1] = before with { Last = step.Named, Count = before.Count + 1 };
        }
        else
        {
            skipped.Add(new SkippedTimes(step.Named, step.Named, 1, reason, step.Calendar));
        }
    }
}
