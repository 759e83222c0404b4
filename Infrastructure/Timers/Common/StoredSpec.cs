using System.Text;
using System.Text.Json;
using Contracts.Common;
using Contracts.Timers;

namespace Infrastructure.Timers.Common;

/// <summary>A spec as every store keeps it: JSON.</summary>
internal static class StoredSpec
{
    /// <summary>Stands for a spec that was not read, where only the state matters.</summary>
    public static readonly TimerSpec Unread = new() { Url = new Uri("unread:") };

    /// <summary>The same under the park policy, which decides what a dead claim means.</summary>
    public static readonly TimerSpec UnreadParked = Unread with { OnAmbiguous = AmbiguousPolicy.Park };

    private const string UnreadableScheme = "unreadable";

    /// <summary>Whether what was stored could not be understood.</summary>
    public static bool IsUnreadable(TimerSpec spec) => spec.Url.Scheme == UnreadableScheme;

    public static byte[] Write(TimerSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, TimersJson.Default.TimerSpec);

    /// <summary>
    /// A damaged one, or one of a later release, must not hold up the others: it is shown as it stands, and its firing fails.
    /// </summary>
    public static TimerSpec Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TimersJson.Default.TimerSpec) is { } spec && IsWhole(spec) ? spec : Unreadable(json);
        }
        catch (JsonException)
        {
            return Unreadable(json);
        }
    }

    /// <summary>The address alone, which stands first, of a spec whose body may be large; null if there is none that can be read.</summary>
    public static Uri? ReadUrl(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
            {
                if (reader.ValueTextEquals("url"u8))
                {
                    return reader.Read() && Uri.TryCreate(reader.GetString(), UriKind.Absolute, out var url) ? url : null;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // It is damaged, and is told of where it is to be sent.
        }

        return null;
    }

    /// <summary>
    /// Whether a Runner can work with it. Our Producers see to that; what others put on the log may be of the right shape and still be
    /// nonsense.
    /// </summary>
    private static bool IsWhole(TimerSpec spec)
    {
        if (spec is not { Url.IsAbsoluteUri: true, Method.Length: > 0 }
            || spec.Headers?.Any(header => header.Value is null) == true
            || spec.Tags?.Any(tag => tag is null) == true
            || spec.Timeout <= TimeSpan.Zero)
        {
            return false;
        }

        try
        {
            _ = spec.Url.IdnHost;
            return true;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static TimerSpec Unreadable(ReadOnlySpan<byte> json) => new()
    {
        Url = new Uri($"{UnreadableScheme}:"),
        Metadata = new RawContent(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json)), IsJson: false),
    };
}
