using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Revenue;

/// <summary>JSON of revenue.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(RevenueEvent))]
[JsonSerializable(typeof(RevenueUser))]
[JsonSerializable(typeof(Page<RevenueEntry>))]
internal sealed partial class RevenueJson : JsonSerializerContext;
