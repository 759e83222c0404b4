using System.Text.Json.Serialization;
using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>A timer as clients see it.</summary>
internal sealed record TimerResource
{
    /// <summary>Your own id, or a version 7 UUID.</summary>
    public required string Id { get; init; }

    /// <summary>scheduled, armed, sending, paused, ambiguous, succeeded, failed, cancelled or expired.</summary>
    public required string State { get; init; }

    /// <summary>The promised instant.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the next attempt is due; absent if none is scheduled.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>When it expires: from then on it is not sent; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Seconds until dueAt, to the millisecond; never negative, 0 when finished.</summary>
    public required double TimeLeft { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it reached a final state.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The number of the timer's current due instant, from 1.</summary>
    public required int Occurrence { get; init; }

    /// <summary>Attempts made in this occurrence.</summary>
    public required int Attempts { get; init; }

    /// <summary>cancel or pause: takes effect when the attempt in flight ends.</summary>
    public string? Pending { get; init; }

    /// <summary>True when an attempt whose outcome was lost may still arrive.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MayStillArrive { get; init; }

    /// <summary>Called on firing. Tokens in it are shown as ********.</summary>
    public required string Url { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Headers sent along. Values of those that carry credentials are shown as ********.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body: JSON as given, or text.</summary>
    public RawContent? Body { get; init; }

    /// <summary>The retry policy for failed attempts.</summary>
    public required RetryResource Retry { get; init; }

    /// <summary>redeliver or park.</summary>
    public required string OnAmbiguous { get; init; }

    /// <summary>Time-out for the whole exchange.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How far from createdAt touches can push it out; absent for no bound.</summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>How long after dueAt it expires; absent for never, or for an instant that was given.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Tags to find it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Kept and shown, never sent.</summary>
    public RawContent? Metadata { get; init; }

    /// <summary>The latest attempt; only when a single timer is read.</summary>
    public AttemptResource? LastAttempt { get; init; }

    public static TimerResource From(TimerRecord row, DateTimeOffset now, AttemptRecord? lastAttempt = null)
    {
        var finished = TimerLifecycle.IsFinished(row.State);
        var waits = row.State is TimerState.Scheduled or TimerState.Armed or TimerState.Sending;
        var left = finished || row.DueAt <= now ? TimeSpan.Zero : row.DueAt - now;
        var spec = SensitiveParts.Masked(row.Spec);
        return new TimerResource
        {
            Id = row.Id,
            State = StateName(row.State),
            DueAt = row.DueAt,
            NextAt = waits ? row.NextAt : null,
            ExpiresAt = row.ExpiresAt,
            TimeLeft = Math.Floor(left.TotalMilliseconds) / 1000,
            CreatedAt = row.CreatedAt,
            FinishedAt = finished ? row.NextAt : null,
            Occurrence = row.Occurrence,
            Attempts = row.Attempts,
            Pending = row.Pending switch { PendingCommand.Cancel => "cancel", PendingCommand.Pause => "pause", _ => null },
            MayStillArrive = row.MayStillArrive,
            Url = spec.Url.OriginalString,
            Method = spec.Method,
            Headers = spec.Headers,
            Body = spec.Body,
            Retry = RetryResource.From(spec.Retry ?? RetryPolicy.Default),
            OnAmbiguous = spec.OnAmbiguous == AmbiguousPolicy.Park ? "park" : "redeliver",
            Timeout = spec.Timeout ?? TimerSpec.DefaultTimeout,
            MaxDelay = spec.MaxDelay,
            MaxAge = spec.MaxAge,
            Tags = spec.Tags,
            Metadata = spec.Metadata is { IsJson: false } unreadable ? new RawContent(SensitiveText.Masked(unreadable.Utf8), IsJson: false)
                : spec.Metadata,
            LastAttempt = lastAttempt is null ? null : AttemptResource.From(lastAttempt),
        };
    }

    public static string StateName(TimerState state) => state switch
    {
        TimerState.Scheduled => "scheduled",
        TimerState.Armed => "armed",
        TimerState.Sending => "sending",
        TimerState.Paused => "paused",
        TimerState.Ambiguous => "ambiguous",
        TimerState.Succeeded => "succeeded",
        TimerState.Failed => "failed",
        TimerState.Cancelled => "cancelled",
        _ => "expired",
    };
}
