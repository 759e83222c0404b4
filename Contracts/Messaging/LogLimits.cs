namespace Contracts.Messaging;

/// <summary>Limits that a broker's log imposes on its users; not registered where the log shares the process.</summary>
/// <param name="Delivery">Maximum time until the outcome of a publication is known; requests must be allowed more.</param>
/// <param name="Retention">
/// Maximum time after which a message can be read again; finished rows must be kept longer, or old creates would fire again.
/// </param>
public sealed record LogLimits(TimeSpan Delivery, TimeSpan Retention);
