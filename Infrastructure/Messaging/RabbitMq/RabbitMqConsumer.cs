using MassTransit;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>MassTransit makes one for each message; it completes, and the message is acknowledged, when its effects are stored.</summary>
internal sealed class RabbitMqConsumer<TMessage>(RabbitMqBatches<TMessage> batches) : IConsumer<RabbitMqMessage>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<RabbitMqMessage> context) => batches.ApplyAsync(context);
}
