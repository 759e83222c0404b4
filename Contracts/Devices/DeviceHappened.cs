namespace Contracts.Devices;

/// <summary>What happened to a device, for others. Published at least once.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="What">adjusted or erased.</param>
/// <param name="Position">The position of the message behind it: repetitions have the same one.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
public sealed record DeviceHappened(string Device, string What, string Position, DateTimeOffset ReceivedAt);
