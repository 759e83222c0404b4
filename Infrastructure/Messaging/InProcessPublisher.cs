using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Publishes one type of message on the embedded log of its topic.</summary>
internal sealed class InProcessPublisher<TMessage>(InProcessLog log, MessageRoute route) : IEventPublisher<TMessage>
    where TMessage : class
{
    public Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TMessage> messages, MessageContext context, CancellationToken cancellationToken) =>
        log.PublishAsync(new InProcessPublication(route, messages, context), cancellationToken);
}
