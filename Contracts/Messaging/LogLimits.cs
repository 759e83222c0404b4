namespace Contracts.Messaging;

/// <summary>What a broker's log imposes on those who rest on it; not registered where the log shares the process.</summary>
/// <param name="Delivery">Longest time until the fate of a published message is known; requests must be allowed more.</param>
/// <param name="Retention">
/// Longest time that a message can come back; finished rows must outlive it well, or old creates would rise again.
/// </param>
public sealed record LogLimits(TimeSpan Delivery, TimeSpan Retention);
