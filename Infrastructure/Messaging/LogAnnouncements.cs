using Contracts.Events;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Announces on a topic of the log.</summary>
internal sealed class LogAnnouncements<TMessage>(IEventPublisher<TMessage> publisher) : IAnnouncements<TMessage>
{
    public Task AnnounceAsync(string tenant, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken) =>
        messages.Count == 0 ? Task.CompletedTask : publisher.PublishAsync(messages, new MessageContext(tenant), cancellationToken);
}
