using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Schedules;

/// <summary>A schedule to be put: its times, and the webhook of each run. Name, Count and After stay null: those are a preview's.</summary>
public sealed record NewSchedule : ScheduleTimes
{
    /// <summary>Absolute http or https address that each run calls; at most 2,048 characters.</summary>
    public required string Url { get; init; }

    /// <summary>GET, POST, PUT, PATCH or DELETE. Default POST.</summary>
    public string? Method { get; init; }

    /// <summary>Headers to send along; at most 50.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body: JSON is sent as given, a string as text; at most 256 KiB.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>The retry policy of each run, as an object like that of timers.</summary>
    public JsonElement? Retry { get; init; }

    /// <summary>What to do when it is unknown whether an attempt arrived: redeliver (default) or park.</summary>
    public string? OnAmbiguous { get; init; }

    /// <summary>Time-out for the whole exchange; 100 ms to 60 s. Default 15 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after its due instant a run expires, unsent from then on; up to ten years. Default: never.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Tags of each run's timer; at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A JSON object that is kept and shown, never sent; at most 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>What becomes of missed runs: latest (the default), all or skip.</summary>
    public string? Misfire { get; init; }

    /// <summary>How late a missed run may still come; up to 365 days. Default 1 hour.</summary>
    public TimeSpan? CatchUp { get; init; }

    /// <summary>
    /// What becomes of a run that is due while an earlier one is unfinished: allow (the default), skip, bufferOne, bufferAll or
    /// cancelOther.
    /// </summary>
    public string? Overlap { get; init; }
}

/// <summary>A stored schedule.</summary>
public sealed record ScheduleInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>active, paused or finished.</summary>
    public required string State { get; init; }

    /// <summary>What the next run is scheduled for; null if there is none.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Runs that were made, those that are ahead among them.</summary>
    public int Runs { get; init; }

    /// <summary>Runs that were skipped.</summary>
    public long Skipped { get; init; }

    /// <summary>Runs that wait until earlier ones have finished.</summary>
    public int Buffered { get; init; }

    /// <summary>When a client changed it last.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Why it is paused.</summary>
    public string? PauseReason { get; init; }

    /// <summary>When it resumes by itself.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Why it has finished: exhausted, endAt, maxRuns or searched.</summary>
    public string? FinishedReason { get; init; }

    /// <summary>Called by each run. Tokens in it are shown as ********.</summary>
    public required string Url { get; init; }

    /// <summary>The last runs, oldest first, with those that are ahead; only of a single schedule.</summary>
    public IReadOnlyList<ScheduleOccurrence>? Recent { get; init; }

    /// <summary>The last runs that were skipped, oldest first; only of a single schedule.</summary>
    public IReadOnlyList<MissedRuns>? Missed { get; init; }

    /// <summary>How the last runs went; only of a single schedule.</summary>
    public ScheduleStatistics? Statistics { get; init; }

    /// <summary>The last replay or backfill that was asked for; null if there was none.</summary>
    public ScheduleBackfill? Backfill { get; init; }

    /// <summary>Its times, its webhook, and what this version of the library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>A run of a stored schedule.</summary>
/// <param name="Occurrence">Its number, from 1.</param>
/// <param name="ScheduledFor">The instant that the schedule names.</param>
/// <param name="DueAt">When it comes: the same with its jitter.</param>
/// <param name="TimerId">The timer that it was made into.</param>
/// <param name="State">What has become of it, in the timers' words; null if the timer is not there any more.</param>
/// <param name="Requested">Whether somebody asked for it, apart from what the schedule names.</param>
public sealed record ScheduleOccurrence(
    int Occurrence, DateTimeOffset ScheduledFor, DateTimeOffset DueAt, string TimerId, string? State, bool Requested)
{
    /// <summary>What the schedule's run before it was scheduled for; null of the first one.</summary>
    public DateTimeOffset? PreviousAt { get; init; }

    /// <summary>What the one behind it is scheduled for; null if there is none yet.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>How many milliseconds late its last attempt was begun; null before the first one.</summary>
    public double? LatenessMs { get; init; }
}

/// <summary>How the last runs went.</summary>
/// <param name="Succeeded">How many of the last runs have succeeded.</param>
/// <param name="Failed">How many have failed for good.</param>
/// <param name="SuccessRate">Those that have succeeded among all that ended so or expired, 0 to 1; null while there are none.</param>
/// <param name="LatenessMs">How late their last attempts were begun; null while there are none.</param>
public sealed record ScheduleStatistics(int Succeeded, int Failed, double? SuccessRate = null, LatenessPercentiles? LatenessMs = null)
{
    /// <summary>How many have expired undelivered.</summary>
    public int Expired { get; init; }
}

/// <summary>Percentiles of lateness, in milliseconds.</summary>
/// <param name="P50">Half of the runs were no later.</param>
/// <param name="P90">Nine tenths were no later.</param>
/// <param name="P99">Ninety-nine hundredths were no later.</param>
public sealed record LatenessPercentiles(double P50, double P90, double P99);

/// <summary>Runs in a row that were skipped for one reason.</summary>
/// <param name="First">What the first one was scheduled for.</param>
/// <param name="Last">What the last one was scheduled for.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Reason">misfire, catchUp, requested or overlap.</param>
public sealed record MissedRuns(DateTimeOffset First, DateTimeOffset Last, int Count, string Reason);

/// <summary>Past runs that somebody asked for.</summary>
/// <param name="Kind">replay or backfill.</param>
/// <param name="From">The first scheduled instant.</param>
/// <param name="To">The last one.</param>
/// <param name="PerMinute">Maximum number of runs a minute.</param>
/// <param name="Made">Runs that were made.</param>
/// <param name="Existing">Runs that were there already, from an earlier one.</param>
/// <param name="StartedAt">When it was asked for.</param>
/// <param name="EndedAt">When the last one was made, or when it was stopped; null while it goes on.</param>
public sealed record ScheduleBackfill(
    string Kind, DateTimeOffset From, DateTimeOffset To, int PerMinute, int Made, int Existing, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null);

/// <summary>Which past runs are made.</summary>
/// <param name="From">The first scheduled instant. Of a replay, null for the first recorded one.</param>
/// <param name="To">The last one, not ahead. Of a replay, null for now.</param>
/// <param name="PerMinute">Maximum number of runs a minute, 1 to 3,000; null for 60.</param>
public sealed record SchedulePast(DateTimeOffset? From = null, DateTimeOffset? To = null, int? PerMinute = null);

/// <summary>How a schedule is paused.</summary>
/// <param name="Reason">Why, for people; up to 500 characters.</param>
/// <param name="Until">When it resumes by itself; null for not by itself.</param>
public sealed record SchedulePause(string? Reason = null, DateTimeOffset? Until = null);

/// <summary>Which schedules are listed.</summary>
/// <param name="State">Only active, paused or finished ones.</param>
/// <param name="Prefix">Only names that begin like this.</param>
/// <param name="Limit">Size of a page, 1 to 1,000. Default: 50.</param>
/// <param name="Cursor">The cursor of a page.</param>
public sealed record ScheduleQuery(string? State = null, string? Prefix = null, int? Limit = null, string? Cursor = null);
