using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Sites;

/// <summary>JSON of sites.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(SiteEvent))]
[JsonSerializable(typeof(SiteStats))]
internal sealed partial class SitesJson : JsonSerializerContext;
