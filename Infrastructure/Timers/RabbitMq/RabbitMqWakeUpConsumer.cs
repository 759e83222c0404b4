using MassTransit;

namespace Infrastructure.Timers.RabbitMq;

/// <summary>Hands wake-ups to this process's Runner.</summary>
internal sealed class RabbitMqWakeUpConsumer(RabbitMqShards shards) : IConsumer<RabbitMqWakeUp>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<RabbitMqWakeUp> context)
    {
        shards.Wake(context.Message.Instant);
        return Task.CompletedTask;
    }
}
