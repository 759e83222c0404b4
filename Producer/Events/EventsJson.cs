using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.Events;

/// <summary>Source-generated JSON of events.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventResource))]
[JsonSerializable(typeof(EventBatchResource))]
[JsonSerializable(typeof(EventResult))]
internal sealed partial class EventsJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static EventsJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
