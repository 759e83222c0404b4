using System.Text.Json;
using Contracts.Common;
using Contracts.Timers;
using Producer.Http;

namespace Producer.Timers;

/// <summary>A timer to be created.</summary>
internal class TimerRequest
{
    /// <summary>Absolute http or https address that is called on firing; at most 2,048 characters.</summary>
    public string? Url { get; set; }

    /// <summary>RFC 3339 instant, rounded up to whole milliseconds; at most a minute ago and ten years ahead. Give this or delay.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>ISO 8601 duration from now, or {hours,minutes,seconds}; up to ten years. Give this or dueAt.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>ISO 8601 duration from creation that touches cannot push the timer beyond; up to ten years. Default: no bound.</summary>
    public TimeSpan? MaxDelay { get; set; }

    /// <summary>
    /// RFC 3339 instant from which on it is not sent: what has not been delivered by then ends expired. Later than its due instant, up to
    /// twenty years ahead. Give this or maxAge. Default: never.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>
    /// The same as an ISO 8601 duration, or {hours,minutes,seconds}, from its due instant: it moves with that. Up to ten years.
    /// </summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>GET, POST, PUT, PATCH or DELETE. Default POST.</summary>
    public string? Method { get; set; }

    /// <summary>Headers to send along; at most 50, and none that delivery sets itself.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>JSON is sent as given, a string as text; at most 256 KiB. Without one a small JSON event is sent.</summary>
    public RawContent? Body { get; set; }

    /// <summary>The retry policy for failed attempts.</summary>
    public RetryRequest? Retry { get; set; }

    /// <summary>What to do when it is unknown whether an attempt arrived: redeliver (default) or park.</summary>
    public string? OnAmbiguous { get; set; }

    /// <summary>Time-out for the whole exchange; 100 ms to 60 s. Default PT15S.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Tags to find the timer by; at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>A JSON object that is kept and shown, never sent; at most 16 KiB.</summary>
    public RawContent? Metadata { get; set; }

    /// <summary>An id of your own: 1 to 128 letters, digits and . _ ~ : -</summary>
    public string? Id { get; set; }

    /// <summary>
    /// What to do if the id, or Idempotency-Key, is taken: return (default) the timer that has it if it was created with the same content,
    /// reject the request in any case, or replace the timer if it has not been fired yet.
    /// </summary>
    public string? OnConflict { get; set; }

    /// <summary>Reads valid fields and reports invalid ones.</summary>
    public static TimerRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new TimerRequest();
        foreach (var field in json.EnumerateObject())
        {
            request.ReadField(field.Name, field.Value, errors);
        }

        return request;
    }

    /// <summary>The same of some members of an object.</summary>
    public static TimerRequest From(IEnumerable<JsonProperty> fields, FieldErrors errors)
    {
        var request = new TimerRequest();
        foreach (var field in fields)
        {
            request.ReadField(field.Name, field.Value, errors);
        }

        return request;
    }

    /// <summary>The webhook of a timer that was made already, in the form of requests.</summary>
    public static TimerRequest From(TimerSpec spec) => new()
    {
        Url = spec.Url.OriginalString,
        Method = spec.Method,
        Headers = spec.Headers,
        Body = spec.Body,
        Retry = spec.Retry is { } retry ? RetryRequest.From(retry, patch: default) : null,
        Timeout = spec.Timeout,
        ExpiresAt = spec.ExpiresAt,
        MaxAge = spec.MaxAge,
        Tags = spec.Tags,
        Metadata = spec.Metadata,
    };

    protected void ReadField(string name, JsonElement value, FieldErrors errors)
    {
        switch (name)
        {
            case "url": Url = Read.Text(value, "url", errors); break;
            case "dueAt": DueAt = Read.Instant(value, "dueAt", errors); break;
            case "delay": Delay = Read.Duration(value, "delay", errors); break;
            case "maxDelay": MaxDelay = Read.Duration(value, "maxDelay", errors); break;
            case "expiresAt": ExpiresAt = Floor(Read.Instant(value, "expiresAt", errors)); break;
            case "maxAge": MaxAge = Read.Duration(value, "maxAge", errors); break;
            case "method": Method = Read.Text(value, "method", errors)?.ToUpperInvariant(); break;
            case "headers": Headers = Read.TextMap(value, "headers", errors); break;
            case "body": Body = Read.Content(value, "body", errors); break;
            case "retry": Retry = RetryRequest.From(value, "retry", errors); break;
            case "onAmbiguous": OnAmbiguous = Read.Text(value, "onAmbiguous", errors); break;
            case "timeout": Timeout = Read.Duration(value, "timeout", errors); break;
            case "tags": Tags = Read.Texts(value, "tags", errors); break;
            case "metadata": Metadata = Read.Content(value, "metadata", errors); break;
            case "id": Id = Normalise(Read.Text(value, "id", errors)); break;
            case "onConflict": OnConflict = Read.Text(value, "onConflict", errors); break;
            default: errors.Add(name, "is not a known field"); break;
        }
    }

    /// <summary>The requested instant, rounded up to whole milliseconds.</summary>
    public DateTimeOffset DueFrom(DateTimeOffset now) => Instants.CeilingToMilliseconds(DueAt ?? now + Delay!.Value);

    /// <summary>The requested timer, apart from the instant. Only for a valid request.</summary>
    /// <param name="ownId">The id that clients see, where it is not the key.</param>
    public TimerSpec ToSpec(string? ownId) => new()
    {
        Url = WebAddress.Target(Url!),
        Method = Method ?? "POST",
        Headers = Headers is { Count: > 0 } ? Headers : null,
        Body = Body,
        Retry = Retry?.ToPolicy(),
        OnAmbiguous = ToAmbiguousPolicy(OnAmbiguous),
        Timeout = Timeout,
        MaxDelay = MaxDelay,
        ExpiresAt = ExpiresAt,
        MaxAge = MaxAge,
        Tags = Tags is { Count: > 0 } ? [.. Tags.Distinct(StringComparer.Ordinal)] : null,
        Metadata = Metadata,
        OwnId = ownId,
    };

    /// <summary>In whole milliseconds, as all instants of timers are.</summary>
    public static DateTimeOffset? Floor(DateTimeOffset? instant) => instant is { } given ? Instants.FloorToMilliseconds(given) : null;

    /// <summary>A UUID is the same in either case, as an id and in a repeated request.</summary>
    private static string? Normalise(string? id) => id is not null && TimerKey.TryParseUuid(id, out var uuid) ? uuid.ToString("D") : id;

    /// <summary>What to do if the id is taken. Only for a valid request.</summary>
    public ConflictPolicy ToConflictPolicy() => OnConflict switch
    {
        "reject" => ConflictPolicy.Reject,
        "replace" => ConflictPolicy.Replace,
        _ => ConflictPolicy.Return,
    };

    public static AmbiguousPolicy ToAmbiguousPolicy(string? text) => text == "park" ? AmbiguousPolicy.Park : AmbiguousPolicy.Redeliver;
}
