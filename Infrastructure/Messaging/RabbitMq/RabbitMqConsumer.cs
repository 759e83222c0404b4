using Contracts.Messaging;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>
/// MassTransit creates one per message. It completes, and the message is acknowledged, once the message's effects are stored.
/// </summary>
internal sealed class RabbitMqConsumer<TMessage>(IServiceProvider services, MessageType<TMessage> type) : IConsumer<RabbitMqMessage>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<RabbitMqMessage> context) =>
        services.GetRequiredKeyedService<RabbitMqBatches>(type.Topic).ApplyAsync(context);
}
