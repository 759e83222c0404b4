using Contracts.Messaging;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>MassTransit makes one for each message; it completes, and the message is acknowledged, when its effects are stored.</summary>
internal sealed class RabbitMqConsumer<TMessage>(IServiceProvider services, MessageType<TMessage> type) : IConsumer<RabbitMqMessage>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<RabbitMqMessage> context) =>
        services.GetRequiredKeyedService<RabbitMqBatches>(type.Topic).ApplyAsync(context);
}
