using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <inheritdoc />
internal sealed class DeadLetterReplay<TMessage>(MessageType<TMessage> type, IEventPublisher<TMessage> publisher) : IDeadLetterReplay
{
    public string Topic => type.Topic;

    public string Type => type.Name;

    public string? FindFault(DeadLetter letter, ReadOnlySpan<byte> content)
    {
        try
        {
            var key = type.KeyOf(type.Read(content));
            return letter.Key.Length == 0 || letter.Key == key
                ? null
                : $"The key is to stay '{letter.Key}', as it was published; with this content it would be '{key}'.";
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
