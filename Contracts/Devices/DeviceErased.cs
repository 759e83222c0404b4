using Contracts.Events;

namespace Contracts.Devices;

/// <summary>Everything about a device is to be erased that came before this message.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Stamp">When and from where it came.</param>
public sealed record DeviceErased(string Device, EventStamp Stamp);
