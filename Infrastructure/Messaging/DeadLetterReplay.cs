using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <inheritdoc />
internal sealed class DeadLetterReplay<TMessage>(MessageType<TMessage> type, IEventPublisher<TMessage> publisher) : IDeadLetterReplay
{
    public string Topic => type.Topic;

    public string Type => type.Name;

    public string? FindFault(ReadOnlySpan<byte> content)
    {
        try
        {
            type.Read(content);
            return null;
        }
        catch (MessageRejectedException rejected)
        {
            return rejected.Message;
        }
    }

    public Task<PublishReceipt> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        publisher.PublishAsync(
            [type.Read(letter.Content.Span)], new MessageContext(letter.Tenant) { Source = letter.Position }, cancellationToken);
}
