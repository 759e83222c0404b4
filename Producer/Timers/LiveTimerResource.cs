using System.Text.Json.Serialization;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>A timer as live streams show it: without what it sends, and without what depends on the time of reading.</summary>
internal sealed record LiveTimerResource
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

    /// <summary>Tags to find it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The latest attempt, in streams of this timer alone.</summary>
    public AttemptResource? LastAttempt { get; init; }

    public static LiveTimerResource From(TimerRecord row, AttemptRecord? lastAttempt)
    {
        // At no instant in particular: what depends on one is left out.
        var whole = TimerResource.From(row, row.DueAt, lastAttempt);
        return new LiveTimerResource
        {
            Id = whole.Id,
            State = whole.State,
            DueAt = whole.DueAt,
            NextAt = whole.NextAt,
            ExpiresAt = whole.ExpiresAt,
            CreatedAt = whole.CreatedAt,
            FinishedAt = whole.FinishedAt,
            Occurrence = whole.Occurrence,
            Attempts = whole.Attempts,
            Pending = whole.Pending,
            MayStillArrive = whole.MayStillArrive,
            Url = whole.Url,
            Method = whole.Method,
            Tags = whole.Tags,
            LastAttempt = whole.LastAttempt,
        };
    }
}
