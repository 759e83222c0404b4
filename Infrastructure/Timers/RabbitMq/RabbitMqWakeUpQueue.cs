using Infrastructure.Messaging.RabbitMq;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>A Runner's own queue of the wake-ups that all Runners get; it goes with the process.</summary>
internal sealed class RabbitMqWakeUpQueue(IOptions<RabbitMqOptions> options) : IRabbitMqEndpoint
{
    /// <inheritdoc />
    public void Configure(IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        var exchange = options.Value.Prefixed(RabbitMqTimerServices.WakeUps);
        bus.ReceiveEndpoint($"{exchange}.{Guid.NewGuid():N}", endpoint =>
        {
            endpoint.Durable = false;
            endpoint.AutoDelete = true;
            endpoint.ConfigureConsumeTopology = false;
            endpoint.Bind(exchange);
            endpoint.ConfigureConsumer<RabbitMqWakeUpConsumer>(context);
        });
    }
}
