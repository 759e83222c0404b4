using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Timers;

/// <summary>Stored retry policies: what is absent takes its documented default.</summary>
/// <remarks>
/// Release 0.1.0 left out members that are zero, which only a jitter can be. Where all others are present, an absent jitter therefore
/// means none.
/// </remarks>
public sealed class RetryPolicyConverter : JsonConverter<RetryPolicy>
{
    /// <inheritdoc />
    public override RetryPolicy Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var stored = JsonSerializer.Deserialize(ref reader, RetryPolicyJson.Default.StoredRetryPolicy)
            ?? throw new JsonException("A retry policy must be an object.");
        var standard = RetryPolicy.Default;
        var isWhole = stored is { Attempts: not null, FirstDelay: not null, Factor: not null, Maximum: not null };
        return new RetryPolicy
        {
            Attempts = stored.Attempts ?? stored.Delays?.Count + 1 ?? standard.Attempts,
            FirstDelay = stored.FirstDelay ?? standard.FirstDelay,
            Factor = stored.Factor ?? standard.Factor,
            Maximum = stored.Maximum ?? standard.Maximum,
            Jitter = stored.Jitter ?? (isWhole ? 0 : standard.Jitter),
            Delays = stored.Delays,
        };
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, RetryPolicy value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        JsonSerializer.Serialize(
            writer,
            new StoredRetryPolicy(value.Attempts, value.FirstDelay, value.Factor, value.Maximum, value.Jitter, value.Delays),
            RetryPolicyJson.Default.StoredRetryPolicy);
    }
}
