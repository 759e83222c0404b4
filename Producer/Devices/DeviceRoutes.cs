using Contracts.Common;

namespace Producer.Devices;

/// <summary>The devices' addresses.</summary>
internal static class DeviceRoutes
{
    public const string Root = "/api/v1/devices";

    public static string Of(string device) => $"{Root}/{Uri.EscapeDataString(device)}";

    /// <summary>The page of readings that begins with one.</summary>
    public static string OfReading(string device, long at) =>
        $"{Of(device)}/readings?from={Uri.EscapeDataString(ShortInstant.ToString(TickTime.ToInstant(at)))}&limit=1";
}
