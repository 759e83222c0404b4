using System.Text.Json;
using System.Text.Json.Serialization;
using Producer.Http;

namespace Producer.DeadLetters;

/// <summary>Source-generated JSON of dead letters.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(DeadLetterResource))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DeadLetterChange))]
internal sealed partial class DeadLettersJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static DeadLettersJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
