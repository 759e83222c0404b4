using System.Text.Json.Serialization;

namespace Contracts.Devices;

/// <summary>Source-generated JSON of the device messages. Every released shape stays readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReadingsReceived))]
[JsonSerializable(typeof(ReadingAdjusted))]
[JsonSerializable(typeof(DeviceErased))]
[JsonSerializable(typeof(ReadingsRecorded))]
[JsonSerializable(typeof(DeviceHappened))]
public sealed partial class DevicesJson : JsonSerializerContext;
