namespace Contracts.Timers;

/// <summary>One attempt to deliver, as it ended. Rows of their own, so the timer's row stays small.</summary>
public sealed record AttemptRecord
{
    /// <summary>The due instant it belonged to, from 1.</summary>
    public required int Occurrence { get; init; }

    /// <summary>From 1 within the occurrence.</summary>
    public required int Number { get; init; }

    /// <summary>When the request was started, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From <see cref="StartedAt"/> to the end of the exchange.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary><see cref="StartedAt"/> minus the instant at which the attempt was to be made; never negative.</summary>
    public required TimeSpan Lateness { get; init; }

    /// <summary>HTTP status; null if there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed, at most <see cref="KeptErrorCharacters"/> characters; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The first 4 KiB of the response body.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>True if the response was 2xx.</summary>
    public bool Succeeded => Status is >= 200 and < 300 && Error is null;

    /// <summary>Maximum number of response bytes that are kept.</summary>
    public const int KeptResponseBytes = 4096;

    /// <summary>Maximum number of error characters that are kept: errors can quote a receiver, at any length.</summary>
    public const int KeptErrorCharacters = 500;
}
