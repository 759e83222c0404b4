using System.Text.Json.Serialization;

namespace Runner.Devices;

/// <summary>The webhook's body.</summary>
/// <param name="Type">device.silent.</param>
/// <param name="Device">The id of the device that fell silent.</param>
/// <param name="Name">Its name; missing without one.</param>
/// <param name="Since">When it was heard of last, RFC 3339.</param>
/// <param name="LatestTimestamp">Its latest reading's instant; missing without one.</param>
internal sealed record DeviceSilent(string Type, string Device, string? Name, string Since, string? LatestTimestamp);

/// <summary>Its JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceSilent))]
internal sealed partial class WatchJson : JsonSerializerContext;
