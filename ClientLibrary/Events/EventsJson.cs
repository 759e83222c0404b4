using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientLibrary.Events;

/// <summary>JSON of answers to events.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventBatch))]
internal sealed partial class EventsJson : JsonSerializerContext;
