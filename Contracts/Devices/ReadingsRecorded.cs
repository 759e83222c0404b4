namespace Contracts.Devices;

/// <summary>What happened, for others: readings of a device were recorded. Published at least once.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Position">The position of the message that carried them: its repetitions have the same one.</param>
/// <param name="Readings">
/// Number of readings that the message carried, repeated ones included, and those left out that came too late for the purge.
/// </param>
/// <param name="LatestAt">The latest instant among them, in 100 ns since 1970.</param>
/// <param name="ReceivedAt">When they were received, UTC.</param>
public sealed record ReadingsRecorded(string Device, string Position, int Readings, long LatestAt, DateTimeOffset ReceivedAt);
