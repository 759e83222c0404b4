using System.Text.Json.Serialization;
using Contracts.Devices;

namespace Infrastructure.Devices.Common;

/// <summary>JSON of what is stored of a device as a whole.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceSettings))]
internal sealed partial class StoredDevicesJson : JsonSerializerContext;
