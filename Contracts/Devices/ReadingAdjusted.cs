using Contracts.Events;

namespace Contracts.Devices;

/// <summary>A reading was wrong. It stays as it is, and this is linked to it.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="At">The reading's instant, in 100 ns since 1970.</param>
/// <param name="Delta">What to add to its count, so that adjustments add up in any order.</param>
/// <param name="EventId">The adjustment's own id: another with the same id, for the same reading, is a repetition.</param>
/// <param name="Stamp">When and from where it came.</param>
/// <param name="Reason">Why, for people; null for none.</param>
public sealed record ReadingAdjusted(string Device, long At, long Delta, string EventId, EventStamp Stamp, string? Reason = null);
