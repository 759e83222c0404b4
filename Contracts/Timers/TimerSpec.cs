using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Contracts.Common;

namespace Contracts.Timers;

/// <summary>What a client asked for, apart from the instant: the webhook to send, and what to do when it fails.</summary>
public sealed record TimerSpec
{
    /// <summary>The default of <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Absolute http or https address, called on firing.</summary>
    public required Uri Url { get; init; }

    /// <summary>GET, POST, PUT, PATCH or DELETE. Default POST.</summary>
    /// <remarks>The JSON generator's code sets what is absent to null, past the initialiser.</remarks>
    [AllowNull]
    public string Method { get; init => field = value ?? "POST"; } = "POST";

    /// <summary>Headers sent along; never one that delivery sets itself.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body, at most 256 KiB; null sends a small JSON event.</summary>
    public RawContent? Body { get; init; }

    /// <summary>Null for <see cref="RetryPolicy.Default"/>.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>What to do when it is unknown whether an attempt arrived.</summary>
    public AmbiguousPolicy OnAmbiguous { get; init; }

    /// <summary>Time-out for the whole exchange, including connection and response; 100 ms to 60 s. Null for 15 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Tags to find the timer by; at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A JSON object that is kept and shown, never sent; at most 16 KiB.</summary>
    public RawContent? Metadata { get; init; }

    /// <summary>How far a touch pushes the due instant out, from the touch; null for the time from creation to the due instant.</summary>
    public TimeSpan? TouchDelay { get; init; }

    /// <summary>When a timer was replaced, and counts as created for touches; null for its creation.</summary>
    public DateTimeOffset? TouchFrom { get; init; }

    /// <summary>How far from its creation touches can push the due instant out; null for no bound.</summary>
    public TimeSpan? MaxDelay { get; init; }

    /// <summary>When it expires, in whole milliseconds; null for never, or for <see cref="MaxAge"/>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long after its due instant it expires; null for never, or for <see cref="ExpiresAt"/>.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The id that clients see, where it is not the key itself (<see cref="TimerKey.FromId"/>); null otherwise.</summary>
    public string? OwnId { get; init; }

    /// <summary>
    /// W3C trace context of the request that created it, passed on in the webhook; null if the request had no trace.
    /// </summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// What <see cref="Url"/> and <see cref="Headers"/> have masks for (<see cref="SensitiveParts"/>), encrypted for this timer and this
    /// receiver, in base64; null if there is nothing, or if it stands there as it is for lack of a key.
    /// </summary>
    public string? Sealed { get; init; }

    /// <summary>When a timer with this due instant expires: from then on it is not sent. Null for never.</summary>
    public DateTimeOffset? ExpiryOf(DateTimeOffset due) => ExpiresAt
        ?? (MaxAge is not { } age ? null
            : age < DateTimeOffset.MaxValue - due ? due + age : DateTimeOffset.MaxValue);

    /// <summary>Its approximate size in memory, in bytes.</summary>
    [JsonIgnore]
    public long Bytes => 512 + (Body?.Utf8.Length ?? 0) + (Metadata?.Utf8.Length ?? 0)
        + (sizeof(char) * (Url.OriginalString.Length + (Sealed?.Length ?? 0)
            + (Headers?.Sum(header => header.Key.Length + header.Value.Length) ?? 0)
            + (Tags?.Sum(tag => tag.Length) ?? 0)));
}
