using System.Text.Json;
using System.Text.Json.Serialization;
using ClientLibrary.Json;

namespace ClientLibrary.Devices;

/// <summary>JSON of devices.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(Reading))]
[JsonSerializable(typeof(Page<DeviceInfo>))]
internal sealed partial class DevicesJson : JsonSerializerContext;
