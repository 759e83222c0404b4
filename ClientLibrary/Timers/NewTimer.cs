using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Timers;

/// <summary>A timer to be created. It needs a url, and either dueAt or delay.</summary>
public sealed record NewTimer
{
    /// <summary>Absolute http or https address that is called on firing; at most 2,048 characters.</summary>
    public required string Url { get; init; }

    /// <summary>The instant, rounded up to whole milliseconds; at most a minute ago and ten years ahead.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The time from now; up to ten years.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>How far from its creation touches can push it out; up to ten years. Default: no bound.</summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>
    /// From then on it is not sent: what has not been delivered by then ends expired. Later than its due instant, up to twenty years ahead.
    /// Give this or <see cref="MaxAge"/>. Default: never.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The same as a time from its due instant, with which it moves; up to ten years.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>An id of your own: 1 to 128 letters, digits and . _ ~ : -. Default: a UUID.</summary>
    public string? Id { get; init; }

    /// <summary>GET, POST, PUT, PATCH or DELETE. Default POST.</summary>
    public string? Method { get; init; }

    /// <summary>Headers to send along; at most 50.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body: JSON is sent as given, a string as text; at most 256 KiB.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>The retry policy for failed attempts.</summary>
    public TimerRetry? Retry { get; init; }

    /// <summary>What to do when it is unknown whether an attempt arrived: redeliver (default) or park.</summary>
    public string? OnAmbiguous { get; init; }

    /// <summary>
    /// What to do if the id is taken: return (default) the timer that has it if it has the same content, reject, or replace it unless it
    /// has been fired. With reject, an answer that was lost makes the repetition a refusal (409), although it was the first request that
    /// created it.
    /// </summary>
    public string? OnConflict { get; init; }

    /// <summary>Time-out for the whole exchange; 100 ms to 60 s. Default 15 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Tags to find it by; at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A JSON object that is kept and shown, never sent; at most 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The retry policy for failed attempts.</summary>
public sealed record TimerRetry
{
    /// <summary>Total attempts, including the first; 1 to 50. Default 5.</summary>
    public int? Attempts { get; init; }

    /// <summary>Pause after the first failure; 1 ms to 1 day. Default 5 s.</summary>
    public TimeSpan? FirstDelay { get; init; }

    /// <summary>Each pause is this many times the one before; 1 to 10. Default 3.</summary>
    public double? Factor { get; init; }

    /// <summary>Maximum pause; 1 ms to 7 days. Default 1 hour.</summary>
    public TimeSpan? Maximum { get; init; }

    /// <summary>Maximum share of a pause that is added at random; 0 to 1. Default 0.1.</summary>
    public double? Jitter { get; init; }

    /// <summary>Explicit pauses in place of the others; 1 to 49 of them.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>What this version of the library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
