using System.Globalization;
using System.Text;
using Contracts.Schedules;
using Contracts.Timers;

namespace Producer.Schedules;

/// <summary>When a schedule would run.</summary>
internal sealed record SchedulePreviewResource
{
    /// <summary>The time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The version of the IANA time zone database that the instants follow from, such as 2026a.</summary>
    public required string ZoneDatabase { get; init; }

    /// <summary>The runs, in the order of what they are scheduled for.</summary>
    public required IReadOnlyList<ScheduleRunResource> Runs { get; init; }

    /// <summary>What is left out behind the last run, as far as was looked; absent if nothing is.</summary>
    public IReadOnlyList<SkippedTimesResource>? Skipped { get; init; }

    /// <summary>
    /// Why there are fewer runs than were asked for: exhausted (it names no further time), endAt, maxRuns, or searched (100,000 times were
    /// looked at, and the others are left out).
    /// </summary>
    public string? End { get; init; }

    public static SchedulePreviewResource From(string zone, string database, ScheduleRuns runs, SchedulePreviewRequest request) => new()
    {
        Zone = zone,
        ZoneDatabase = database,
        Runs = [.. runs.Runs.Select(run => ScheduleRunResource.From(run, request))],
        Skipped = SkippedTimesResource.ListFrom(runs.Skipped),
        End = runs.End is { } end ? NameOf(end) : null,
    };

    public static string NameOf(ScheduleEnd end) => end switch
    {
        ScheduleEnd.Exhausted => "exhausted",
        ScheduleEnd.EndAt => "endAt",
        ScheduleEnd.MaxRuns => "maxRuns",
        _ => "searched",
    };
}

/// <summary>A run.</summary>
internal sealed record ScheduleRunResource
{
    private static readonly CompositeFormat Many = CompositeFormat.Parse("{0:#,0} times from {1} to {2} are left out: {3}.");

    /// <summary>When it comes, in UTC: the scheduled instant and its jitter.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The scheduled instant in local time, with its offset.</summary>
    public required string Local { get; init; }

    /// <summary>The scheduled instant; absent where there is no jitter, and it is at.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>What is special about the run, in words: moved or doubled by daylight saving, what is left out before it and why.</summary>
    public string? Note { get; init; }

    /// <summary>The local time that does not exist, of a run that is moved; absent for others.</summary>
    public string? MovedFrom { get; init; }

    /// <summary>Which of the two times it is, of a local time that comes twice: 1 or 2; absent for others.</summary>
    public int? Fold { get; init; }

    /// <summary>What is left out before it and behind the run before; absent if nothing is.</summary>
    public IReadOnlyList<SkippedTimesResource>? Skipped { get; init; }

    /// <summary>What else is due at the receiver within the minute around it; absent without url, and of all but the first 10.</summary>
    public LoadAround? AlsoDue { get; init; }

    public static ScheduleRunResource From(ScheduleRun run, SchedulePreviewRequest request)
    {
        var step = run.Step;
        var hasJitter = request.Jitter > TimeSpan.Zero;
        return new ScheduleRunResource
        {
            At = hasJitter ? step.At + ScheduleJitter.Of(request.Name!, step.At, request.Jitter!.Value) : step.At,
            Local = SkippedTimesResource.Write(step.Local) + Offset(step.Local - step.At.UtcDateTime),
            ScheduledFor = hasJitter ? step.At : null,
            Note = Words(run),
            MovedFrom = step.Shift == ClockShift.Gap ? SkippedTimesResource.Write(step.Named) : null,
            Fold = step.Shift switch { ClockShift.First => 1, ClockShift.Second => 2, _ => null },
            Skipped = SkippedTimesResource.ListFrom(run.Skipped),
        };
    }

    private static string? Words(ScheduleRun run)
    {
        var words = run.Skipped.Select(skipped => skipped.Count == 1
            ? $"{SkippedTimesResource.Write(skipped.First)} is left out: {ScheduleTimes.Words(skipped)}."
            : string.Format(CultureInfo.InvariantCulture, Many, skipped.Count, SkippedTimesResource.Write(skipped.First),
                SkippedTimesResource.Write(skipped.Last), ScheduleTimes.Words(skipped)));
        words = run.Step.Shift switch
        {
            ClockShift.Gap => words.Append(
                $"{SkippedTimesResource.Write(run.Step.Named)} does not exist, because clocks are put forward: the run is moved later by "
                + "as much."),
            ClockShift.First => words.Append("This local time comes twice, because clocks are put back: this is the first."),
            ClockShift.Second => words.Append("This local time comes twice, because clocks are put back: this is the second."),
            _ => words,
        };
        return string.Join(' ', words) is { Length: > 0 } note ? note : null;
    }

    /// <summary>With seconds where a zone once had some.</summary>
    private static string Offset(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+")
        + offset.ToString(offset.Seconds == 0 ? @"hh\:mm" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}

/// <summary>Local times in a row that are left out for one reason.</summary>
internal sealed record SkippedTimesResource
{
    /// <summary>The first one, as the schedule names it.</summary>
    public required string First { get; init; }

    /// <summary>The last one; absent if there is one only.</summary>
    public string? Last { get; init; }

    /// <summary>How many there are.</summary>
    public required int Count { get; init; }

    /// <summary>gap (it does not exist), fold (its second time), coincides (with another run), exdate or calendar.</summary>
    public required string Reason { get; init; }

    /// <summary>The calendar that leaves them out.</summary>
    public string? Calendar { get; init; }

    public static IReadOnlyList<SkippedTimesResource>? ListFrom(IReadOnlyList<SkippedTimes> skipped) => skipped.Count == 0 ? null :
    [
        .. skipped.Select(each => new SkippedTimesResource
        {
            First = Write(each.First),
            Last = each.Count > 1 ? Write(each.Last) : null,
            Count = each.Count,
            Reason = each.Reason switch
            {
                SkipReason.Gap => "gap",
                SkipReason.Fold => "fold",
                SkipReason.Coincides => "coincides",
                SkipReason.Exdate => "exdate",
                _ => "calendar",
            },
            Calendar = each.Calendar,
        }),
    ];

    /// <summary>A local time; milliseconds where there are some.</summary>
    public static string Write(DateTime local) =>
        local.ToString(local.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
