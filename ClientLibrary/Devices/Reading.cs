namespace ClientLibrary.Devices;

/// <summary>What a device counted at an instant. A device's reading of an instant counts once, for ever: the first one wins.</summary>
/// <param name="Device">The device's id, 1 to 255 characters.</param>
/// <param name="Timestamp">When it counted, in steps of 100 ns; at most five minutes ahead.</param>
/// <param name="Count">What it counted; 0 is a value.</param>
public sealed record Reading(string Device, DateTimeOffset Timestamp, long Count);
