using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Timers;

/// <summary>A timer as it is.</summary>
public sealed record TimerInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>scheduled, armed, sending, paused, ambiguous, succeeded, failed, cancelled or expired.</summary>
    public required string State { get; init; }

    /// <summary>The promised instant.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the next attempt is due; null if none is scheduled.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>When it expires: from then on it is not sent; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Seconds until <see cref="DueAt"/>, never negative; 0 when finished.</summary>
    public double TimeLeft { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it reached a final state; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The number of its current due instant, from 1.</summary>
    public int Occurrence { get; init; }

    /// <summary>Attempts made in this occurrence.</summary>
    public int Attempts { get; init; }

    /// <summary>cancel or pause: takes effect when the attempt in flight ends.</summary>
    public string? Pending { get; init; }

    /// <summary>True when an attempt whose outcome was lost may still arrive.</summary>
    public bool? MayStillArrive { get; init; }

    /// <summary>Called on firing.</summary>
    public required string Url { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The retry policy.</summary>
    public TimerRetry? Retry { get; init; }

    /// <summary>How far from its creation touches can push it out; null for no bound.</summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>How long after its due instant it expires; null for never, or for an instant that was given.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Tags to find it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The latest attempt; only when a single timer is read.</summary>
    public TimerAttempt? LastAttempt { get; init; }

    /// <summary>All other fields, such as <c>headers</c>, <c>body</c> and <c>metadata</c>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Whether nothing more happens by itself: it succeeded, failed, expired or was cancelled.</summary>
    [JsonIgnore]
    public bool HasEnded => State is "succeeded" or "failed" or "cancelled" or "expired";
}

/// <summary>One attempt of a timer.</summary>
public sealed record TimerAttempt
{
    /// <summary>The timer's due instant that it was for, counted from 1.</summary>
    public int Occurrence { get; init; }

    /// <summary>From 1 within the occurrence.</summary>
    public int Attempt { get; init; }

    /// <summary>When the request was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Milliseconds from the start to the end of the response.</summary>
    public double LatencyMs { get; init; }

    /// <summary>Milliseconds from the scheduled instant to the start.</summary>
    public double LatenessMs { get; init; }

    /// <summary>HTTP status; null if there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The first 4 KiB of the response body, as text.</summary>
    public string? Response { get; init; }
}
