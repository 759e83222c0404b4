using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts.Live;

/// <summary>The content of a change that <see cref="ILiveNotices"/> sends.</summary>
/// <param name="Keys">What has changed; null for anything: there was too much to name it.</param>
/// <param name="Regrouped">
/// Those of them that may have left any group, as releases say that do not name groups; null for none.
/// </param>
/// <param name="Left">The groups that some of them have left, by key; null for none.</param>
public sealed record LiveNotice(
    IReadOnlyList<string>? Keys, IReadOnlyList<string>? Regrouped = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? Left = null)
{
    /// <summary>As bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, LiveNoticeJson.Default.LiveNotice);

    /// <summary>Reads a change. A gap, and what nobody understands, is a notice of anything.</summary>
    public static LiveNotice Read(LiveChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.IsGap)
        {
            return new LiveNotice(Keys: null);
        }

        try
        {
            return JsonSerializer.Deserialize(change.Content.Span, LiveNoticeJson.Default.LiveNotice) ?? new LiveNotice(Keys: null);
        }
        catch (JsonException)
        {
            return new LiveNotice(Keys: null);
        }
    }
}

/// <summary>Source-generated JSON of notices.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LiveNotice))]
internal sealed partial class LiveNoticeJson : JsonSerializerContext;
