namespace Contracts.Devices;

/// <summary>A device whose watch is due.</summary>
/// <param name="Tenant">The tenant that it belongs to.</param>
/// <param name="Device">The device as it is now.</param>
/// <param name="DueAt">When the watch was due, UTC; it identifies this round of the watch.</param>
public sealed record WatchedDevice(string Tenant, DeviceRecord Device, DateTimeOffset DueAt);
