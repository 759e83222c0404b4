using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Sites;

/// <summary>Source-generated JSON of sites.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteEventRequest))]
[JsonSerializable(typeof(SiteList))]
[JsonSerializable(typeof(SiteStatsResource))]
[JsonSerializable(typeof(ExportedSiteEvent))]
[JsonSerializable(typeof(LiveSiteResource))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(SeedEventRequest))]
[JsonSerializable(typeof(SeedEventAnswer))]
[JsonSerializable(typeof(SeedEventErrors))]
[JsonSerializable(typeof(SeedSiteError))]
[JsonSerializable(typeof(SeedStatsAnswer))]
internal sealed partial class SiteResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static SiteResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
