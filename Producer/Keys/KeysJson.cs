using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Keys;

/// <summary>Source-generated JSON of keys.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(KeyResource))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(StreamTokenResource))]
[JsonSerializable(typeof(AuditResource))]
[JsonSerializable(typeof(AuditList))]
internal sealed partial class KeysJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static KeysJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
