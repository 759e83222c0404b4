using MassTransit;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>A queue that one service reads; the bus is shared.</summary>
internal interface IRabbitMqEndpoint
{
    /// <summary>Adds the queue to the bus, with its consumer from the container.</summary>
    void Configure(IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context);
}
