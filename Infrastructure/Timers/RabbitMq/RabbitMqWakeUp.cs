using MassTransit;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>Some timer falls due soon.</summary>
// Its name on the wire stays what the first release made it.
[MessageUrn("Infrastructure.Messaging.RabbitMq:RabbitMqWakeUp")]
internal sealed record RabbitMqWakeUp
{
    /// <summary>The earliest one's instant.</summary>
    public required DateTimeOffset Instant { get; init; }
}
