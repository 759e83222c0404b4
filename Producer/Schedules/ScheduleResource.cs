using Contracts.Common;
using Contracts.Schedules;
using Contracts.Timers;

namespace Producer.Schedules;

/// <summary>A schedule as clients see it.</summary>
internal sealed record ScheduleResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>active, paused or finished.</summary>
    public required string State { get; init; }

    /// <summary>What the next run is scheduled for; absent while it is paused, and when there is none.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How many runs were made, those ahead included.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that were skipped.</summary>
    public required long Skipped { get; init; }

    /// <summary>Runs that wait until earlier ones have finished.</summary>
    public required int Buffered { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a client changed it last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Why it is paused, as was said.</summary>
    public string? PauseReason { get; init; }

    /// <summary>When it resumes by itself.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Why it has finished: exhausted, endAt, maxRuns or searched.</summary>
    public string? FinishedReason { get; init; }

    /// <summary>A cron expression.</summary>
    public string? Cron { get; init; }

    /// <summary>How it is read: vixie or quartz.</summary>
    public string? Dialect { get; init; }

    /// <summary>A recurrence rule.</summary>
    public string? Rrule { get; init; }

    /// <summary>Times or days that the rule leaves out.</summary>
    public IReadOnlyList<string>? Exdates { get; init; }

    /// <summary>Times that are added to the rule.</summary>
    public IReadOnlyList<string>? Rdates { get; init; }

    /// <summary>A duration from run to run.</summary>
    public string? Every { get; init; }

    /// <summary>The first time of every, or DTSTART of rrule; where none was put, when the times were.</summary>
    public string? Anchor { get; init; }

    /// <summary>Times, one by one.</summary>
    public IReadOnlyList<string>? At { get; init; }

    /// <summary>The time zone.</summary>
    public required string Zone { get; init; }

    /// <summary>No run before it.</summary>
    public string? StartAt { get; init; }

    /// <summary>No run after it.</summary>
    public string? EndAt { get; init; }

    /// <summary>Maximum number of runs.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>shift or skip.</summary>
    public required string Gap { get; init; }

    /// <summary>first or both; absent where it follows from what runs.</summary>
    public string? Fold { get; init; }

    /// <summary>Named dates.</summary>
    public IReadOnlyList<ScheduleCalendarResource>? Calendars { get; init; }

    /// <summary>Runs come up to this much later.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>latest, all or skip.</summary>
    public required string Misfire { get; init; }

    /// <summary>How late a missed run may still come.</summary>
    public required TimeSpan CatchUp { get; init; }

    /// <summary>allow, skip, bufferOne, bufferAll or cancelOther.</summary>
    public required string Overlap { get; init; }

    /// <summary>Called by each run. Tokens in it are shown as ********.</summary>
    public required string Url { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Headers sent along. Values of those that carry credentials are shown as ********.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body: JSON as given, or text.</summary>
    public RawContent? Body { get; init; }

    /// <summary>The retry policy for failed attempts; absent for the default.</summary>
    public ScheduleRetryResource? Retry { get; init; }

    /// <summary>redeliver or park.</summary>
    public required string OnAmbiguous { get; init; }

    /// <summary>Time-out for the whole exchange.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long after its due instant a run expires; absent for never.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Tags of each run's timer.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Kept and shown, never sent.</summary>
    public RawContent? Metadata { get; init; }

    /// <summary>The last runs that were made, oldest first, with those that are ahead; only when a single schedule is read.</summary>
    public IReadOnlyList<OccurrenceResource>? Recent { get; init; }

    /// <summary>The last runs that were skipped, oldest first; only when a single schedule is read.</summary>
    public IReadOnlyList<MissedRunsResource>? Missed { get; init; }

    /// <summary>How the last runs went; only when a single schedule is read.</summary>
    public ScheduleStatisticsResource? Statistics { get; init; }

    /// <summary>The last replay or backfill that was asked for.</summary>
    public ScheduleBackfillResource? Backfill { get; init; }

    public static ScheduleResource From(ScheduleRecord record, DateTimeOffset now)
    {
        var (when, progress, spec) = (record.Definition.When, record.Progress, SensitiveParts.Masked(record.Definition.Webhook));
        var ahead = progress.Recent.FirstOrDefault(each => !each.IsManual && each.ScheduledFor > now);
        return new ScheduleResource
        {
            Name = record.Name,
            State = NameOf(progress.State),
            NextAt = ahead?.ScheduledFor ?? progress.Next,
            Runs = progress.Runs,
            Skipped = progress.Skipped,
            Buffered = progress.Buffered.Count,
            CreatedAt = progress.CreatedAt,
            ChangedAt = progress.ChangedAt,
            PauseReason = progress.PauseReason,
            PausedUntil = progress.PausedUntil,
            FinishedReason = progress.Ended is { } end ? SchedulePreviewResource.NameOf(end) : null,
            Cron = when.Cron,
            Dialect = when.Cron is null ? null : when.Dialect == CronDialect.Quartz ? "quartz" : "vixie",
            Rrule = when.Rrule,
            Exdates = when.Exdates,
            Rdates = when.Rdates,
            Every = when.Every,
            Anchor = when.Anchor ?? (when is { Every: null, Rrule: null } or { StartAt: not null } ? null
                : Rfc3339.ToString(progress.AnchoredAt)),
            At = when.At,
            Zone = when.Zone ?? "UTC",
            StartAt = when.StartAt,
            EndAt = when.EndAt,
            MaxRuns = when.MaxRuns,
            Gap = when.Gap == GapRule.Skip ? "skip" : "shift",
            Fold = when.Fold switch { FoldRule.Both => "both", FoldRule.First => "first", _ => null },
            Calendars = when.Calendars?.Select(ScheduleCalendarResource.From).ToList(),
            Jitter = when.Jitter > TimeSpan.Zero ? when.Jitter : null,
            Misfire = record.Definition.Misfire switch { MisfireRule.All => "all", MisfireRule.Skip => "skip", _ => "latest" },
            CatchUp = record.Definition.CatchUp ?? ScheduleDefinition.DefaultCatchUp,
            Overlap = NameOf(record.Definition.Overlap),
            Url = spec.Url.OriginalString,
            Method = spec.Method,
            Headers = spec.Headers,
            Body = spec.Body,
            Retry = spec.Retry is { } retry ? ScheduleRetryResource.From(retry) : null,
            OnAmbiguous = spec.OnAmbiguous == AmbiguousPolicy.Park ? "park" : "redeliver",
            Timeout = spec.Timeout ?? TimerSpec.DefaultTimeout,
            MaxAge = spec.MaxAge,
            Tags = spec.Tags,
            Metadata = spec.Metadata,
            Backfill = progress.Backfill is { } backfill ? ScheduleBackfillResource.Of(backfill) : null,
        };
    }

    public static string NameOf(ScheduleState state) => state switch
    {
        ScheduleState.Active => "active",
        ScheduleState.Paused => "paused",
        _ => "finished",
    };

    private static string NameOf(OverlapRule rule) => rule switch
    {
        OverlapRule.Skip => "skip",
        OverlapRule.BufferOne => "bufferOne",
        OverlapRule.BufferAll => "bufferAll",
        OverlapRule.CancelOther => "cancelOther",
        _ => "allow",
    };
}

/// <summary>Named dates of the schedule's zone.</summary>
/// <param name="Name">The name of a stored calendar, or what is shown where the schedule's own one leaves out a run.</param>
/// <param name="Exclude">Dates on which nothing runs; absent of a stored calendar.</param>
/// <param name="Include">Where there are any, only on these dates something runs; absent of a stored calendar.</param>
internal sealed record ScheduleCalendarResource(string Name, IReadOnlyList<string>? Exclude, IReadOnlyList<string>? Include)
{
    public static ScheduleCalendarResource From(ScheduleCalendar calendar) =>
        calendar.IsShared ? new(calendar.Name, null, null) : new(calendar.Name, calendar.Excluded.Entries, calendar.Included.Entries);
}

/// <summary>The retry policy for failed attempts.</summary>
/// <param name="Attempts">Total attempts, including the first.</param>
/// <param name="FirstDelay">Pause after the first failure.</param>
/// <param name="Factor">Each pause is this many times the one before.</param>
/// <param name="Maximum">Maximum pause.</param>
/// <param name="Jitter">Maximum share of a pause that is added at random.</param>
/// <param name="Delays">Explicit pauses.</param>
internal sealed record ScheduleRetryResource(
    int? Attempts, TimeSpan? FirstDelay, double? Factor, TimeSpan? Maximum, double Jitter, IReadOnlyList<TimeSpan>? Delays)
{
    /// <summary>In the form of requests: either the explicit pauses or the rule.</summary>
    public static ScheduleRetryResource From(RetryPolicy policy) => policy.Delays is { } delays
        ? new(null, null, null, null, policy.Jitter, delays)
        : new(policy.Attempts, policy.FirstDelay, policy.Factor, policy.Maximum, policy.Jitter, null);
}

/// <summary>A run.</summary>
/// <param name="Occurrence">Its number, from 1.</param>
/// <param name="ScheduledFor">The instant that the schedule names.</param>
/// <param name="DueAt">When it comes: the same with its jitter.</param>
/// <param name="TimerId">The timer that it was made into; its attempts are the timer's.</param>
/// <param name="State">What has become of it, in the timers' words; absent if the timer is not there, as after its retention.</param>
/// <param name="Requested">True if somebody asked for it: a run apart from what the schedule names, or a past one.</param>
internal sealed record OccurrenceResource(
    int Occurrence, DateTimeOffset ScheduledFor, DateTimeOffset DueAt, string TimerId, string? State, bool Requested)
{
    /// <summary>What the schedule's run before it was scheduled for; absent of the first one, and of backfilled ones.</summary>
    public DateTimeOffset? PreviousAt { get; init; }

    /// <summary>What the one behind it is scheduled for; absent if there is none yet, and of backfilled ones.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How late its last attempt was begun; absent before the first one.</summary>
    public double? LatenessMs { get; init; }
}

/// <summary>Runs in a row that were skipped for one reason.</summary>
/// <param name="First">What the first one was scheduled for.</param>
/// <param name="Last">What the last one was scheduled for.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Reason">misfire (missed, and left out by misfire), catchUp (missed for longer than catchUp), requested, or
/// overlap (an earlier run was unfinished).</param>
internal sealed record MissedRunsResource(DateTimeOffset First, DateTimeOffset Last, int Count, string Reason)
{
    public static MissedRunsResource From(MissedRuns runs) => new(runs.First, runs.Last, runs.Count, runs.Reason switch
    {
        MissReason.Misfire => "misfire",
        MissReason.CatchUp => "catchUp",
        MissReason.Overlap => "overlap",
        _ => "requested",
    });
}

/// <summary>Past runs that somebody asked for.</summary>
/// <param name="Kind">replay or backfill.</param>
/// <param name="From">The first scheduled instant.</param>
/// <param name="To">The last one.</param>
/// <param name="PerMinute">Maximum number of runs a minute.</param>
/// <param name="Made">Runs that were made.</param>
/// <param name="Existing">Runs that were there already, from an earlier one.</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="EndedAt">When the last one was made, or when it was stopped; absent while it goes on.</param>
internal sealed record ScheduleBackfillResource(
    string Kind, DateTimeOffset From, DateTimeOffset To, int PerMinute, int Made, int Existing, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt)
{
    public static ScheduleBackfillResource Of(ScheduleBackfill backfill) => new(
        backfill.IsReplay ? "replay" : "backfill", backfill.From, backfill.To, backfill.PerMinute, backfill.Made, backfill.Existing,
        backfill.StartedAt, backfill.EndedAt);
}

/// <summary>A page of schedules.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
internal sealed record ScheduleList(IReadOnlyList<ScheduleResource> Items, string? Next);
