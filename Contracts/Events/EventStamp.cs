namespace Contracts.Events;

/// <summary>What the service records of every event beside what it says.</summary>
/// <param name="ReceivedAt">When it was received, UTC; for messages without it, the earliest instant.</param>
/// <param name="Address">As much of the client's address as the privacy mode records; null for nothing.</param>
public sealed record EventStamp(DateTimeOffset ReceivedAt = default, string? Address = null);
