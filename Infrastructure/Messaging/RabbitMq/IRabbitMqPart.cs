using MassTransit;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>What one service receives; the bus is shared.</summary>
internal interface IRabbitMqPart
{
    /// <summary>Adds its endpoint.</summary>
    void Configure(IRabbitMqBusFactoryConfigurator bus);

    /// <summary>Ends its work; the bus hands over nothing more. What is not finished is not acknowledged, and comes again.</summary>
    Task EndAsync();
}
