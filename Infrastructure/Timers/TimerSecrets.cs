using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Timers;
using Infrastructure.Secrets;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Timers;

/// <summary>
/// Encrypts the sensitive parts of webhooks (<see cref="SensitiveParts"/>) before anything of a timer leaves the Producer, and decrypts
/// them where they are sent. In between, on the log, in the store, in caches, dead letters and copies, there are masks and ciphertext.
/// </summary>
/// <param name="box">What encrypts.</param>
/// <param name="logger">Told once if there is no key to encrypt with.</param>
public sealed partial class TimerSecrets(ISecretBox box, ILogger<TimerSecrets> logger) : ITimerSealer
{
    private volatile bool isToldPlain;

    /// <inheritdoc />
    public TimerSpec Seal(string tenant, Guid key, TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var masked = SensitiveParts.Masked(spec);
        if (ReferenceEquals(masked, spec))
        {
            return spec.Sealed is null ? spec : spec with { Sealed = null };
        }

        var secret = new SealedParts(
            masked.Url.OriginalString == spec.Url.OriginalString ? null : spec.Url.OriginalString,
            spec.Headers?.Where(header => masked.Headers![header.Key] != header.Value).ToDictionary(each => each.Key, each => each.Value));
        var sealedParts = box.Seal(
            JsonSerializer.SerializeToUtf8Bytes(secret, SealedPartsJson.Default.SealedParts), PlaceOf(tenant, key, spec.Url));
        if (sealedParts is null)
        {
            TellPlain();
            return spec with { Sealed = null };
        }

        return masked with { Sealed = Convert.ToBase64String(sealedParts) };
    }

    /// <inheritdoc />
    public TimerSpec? Open(string tenant, Guid key, TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Sealed is null)
        {
            return spec;
        }

        var bytes = new byte[spec.Sealed.Length];
        if (!Convert.TryFromBase64String(spec.Sealed, bytes, out var length)
            || box.Open(bytes.AsSpan(0, length), PlaceOf(tenant, key, spec.Url)) is not { } json
            || JsonSerializer.Deserialize(json, SealedPartsJson.Default.SealedParts) is not { } parts)
        {
            return null;
        }

        return spec with
        {
            Url = parts.Url is { } url ? UrlOf(spec.Url, url) : spec.Url,
            Headers = spec.Headers?.ToDictionary(
                header => header.Key,
                header => header.Value == SensitiveParts.Mask && parts.Headers?.GetValueOrDefault(header.Key) is { } value
                    ? value : header.Value),
            Sealed = null,
        };
    }

    /// <summary>Whether the key that encrypted it is no longer the one that encrypts, or none did although there is one.</summary>
    public bool IsOutdated(TimerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Sealed is null)
        {
            return SensitiveParts.AreIn(spec);
        }

        var bytes = new byte[spec.Sealed.Length];
        return Convert.TryFromBase64String(spec.Sealed, bytes, out var length) && box.IsOutdated(bytes.AsSpan(0, length));
    }

    /// <summary>Of the address that is shown everything holds but its masks; a new one may have come since.</summary>
    private static Uri UrlOf(Uri shown, string url) =>
        SensitiveParts.UnmaskedUrl(shown.OriginalString, url) is { } whole ? new Uri(whole) : new Uri(url);

    /// <summary>The receiver is part of it: else whoever may change a timer's address could have its credentials sent to himself.</summary>
    private static string PlaceOf(string tenant, Guid key, Uri url) =>
        $"timer\n{tenant}\n{key:D}\n{SensitiveParts.ReceiverOf(url)}";

    private void TellPlain()
    {
        if (!isToldPlain)
        {
            isToldPlain = true;
            LogPlain();
        }
    }

    [LoggerMessage(4504, LogLevel.Warning,
        "Credentials in timers are stored as they are, as there is no key to encrypt them with: "
            + "set Secrets:Key for all Producers and Runners")]
    private partial void LogPlain();
}

/// <summary>What a spec has masks for.</summary>
/// <param name="Url">The whole address; null if nothing in it is masked.</param>
/// <param name="Headers">The masked headers' values.</param>
internal sealed record SealedParts(string? Url, IReadOnlyDictionary<string, string>? Headers);

/// <summary>Source-generated JSON of what is encrypted. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SealedParts))]
internal sealed partial class SealedPartsJson : JsonSerializerContext;
