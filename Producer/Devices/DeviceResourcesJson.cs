using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Devices;
using Producer.Http;

namespace Producer.Devices;

/// <summary>Source-generated JSON of devices.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadingRequest))]
[JsonSerializable(typeof(AdjustmentRequest))]
[JsonSerializable(typeof(DeviceRequest))]
[JsonSerializable(typeof(DeviceResource))]
[JsonSerializable(typeof(DeviceSettings))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(ReadingResource))]
[JsonSerializable(typeof(ReadingList))]
[JsonSerializable(typeof(AdjustmentResource))]
[JsonSerializable(typeof(AdjustmentList))]
[JsonSerializable(typeof(ExportedReading))]
[JsonSerializable(typeof(SeedIngestRequest))]
[JsonSerializable(typeof(SeedIngestAnswer))]
[JsonSerializable(typeof(SeedDevice))]
[JsonSerializable(typeof(SeedLatest))]
[JsonSerializable(typeof(SeedTotal))]
[JsonSerializable(typeof(SeedDeviceError))]
internal sealed partial class DeviceResourcesJson : JsonSerializerContext
{
    /// <summary>The context that responses are written with.</summary>
    public static DeviceResourcesJson Http { get; } = new(HttpJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
}
