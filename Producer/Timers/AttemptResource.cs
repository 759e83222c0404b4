using System.Text;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>One attempt as clients see it.</summary>
internal sealed record AttemptResource
{
    /// <summary>The timer's due instant that it was for, counted from 1.</summary>
    public required int Occurrence { get; init; }

    /// <summary>From 1 within the occurrence.</summary>
    public required int Attempt { get; init; }

    /// <summary>When the request was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Milliseconds from the start to the end of the response.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Milliseconds from the scheduled instant to the start.</summary>
    public required double LatenessMs { get; init; }

    /// <summary>HTTP status; absent if there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; absent if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The first 4 KiB of the response body, as text.</summary>
    public string? Response { get; init; }

    public static AttemptResource From(AttemptRecord attempt) => new()
    {
        Occurrence = attempt.Occurrence,
        Attempt = attempt.Number,
        StartedAt = attempt.StartedAt,
        LatencyMs = Math.Round(attempt.Latency.TotalMilliseconds, 3),
        LatenessMs = Math.Round(attempt.Lateness.TotalMilliseconds, 3),
        Status = attempt.Status,
        Error = attempt.Error,
        Response = attempt.Response.Length == 0 ? null : Encoding.UTF8.GetString(attempt.Response.Span),
    };
}
