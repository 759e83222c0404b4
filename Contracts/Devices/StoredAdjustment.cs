namespace Contracts.Devices;

/// <summary>A stored adjustment.</summary>
/// <param name="At">The instant of its reading, in 100 ns since 1970.</param>
/// <param name="EventId">The id of the adjustment, unique within its reading.</param>
/// <param name="Delta">What it adds to the reading's count.</param>
/// <param name="Reason">Why, for people; null for none.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Address">The recorded part of the client's address; null for none.</param>
public sealed record StoredAdjustment(
    long At, string EventId, long Delta, string? Reason, DateTimeOffset ReceivedAt, string? Address);
