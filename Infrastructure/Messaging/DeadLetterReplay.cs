using System.Collections.ObjectModel;
using System.Text.Json;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <inheritdoc />
internal sealed class DeadLetterReplay<TMessage>(
    MessageType<TMessage> type, IEventPublisher<TMessage> publisher, IMessageRules<TMessage>? rules = null) : IDeadLetterReplay
    where TMessage : class
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

    public IReadOnlyDictionary<string, string[]> FindBreaches(DeadLetter letter, ReadOnlySpan<byte> content)
    {
        var faults = FaultsOf(content);
        var before = FaultsOf(letter.Content.Span);
        return faults.Where(fault => !before.TryGetValue(fault.Key, out var same) || !same.SequenceEqual(fault.Value))
            .ToDictionary(fault => fault.Key, fault => fault.Value, StringComparer.Ordinal);
    }

    public ReadOnlyMemory<byte> Show(DeadLetter letter)
    {
        if (type.Show is null)
        {
            return letter.Content;
        }

        if (TryRead(letter.Content.Span) is not { } message)
        {
            return type.ShowUnreadable?.Invoke(letter.Content) ?? letter.Content;
        }

        var shown = type.Show(message);
        return ReferenceEquals(shown, message) ? letter.Content : JsonSerializer.SerializeToUtf8Bytes(shown, type.Json);
    }

    public byte[]? Restore(DeadLetter letter, byte[] content)
    {
        if (type.Restore is null || TryRead(content) is not { } edited)
        {
            return content;
        }

        var restored = type.Restore(TryRead(letter.Content.Span) ?? edited, edited);
        return restored is null ? null
            : ReferenceEquals(restored, edited) ? content : JsonSerializer.SerializeToUtf8Bytes(restored, type.Json);
    }

    public Task<PublishReceipt> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        publisher.PublishAsync(
            [type.Read(letter.Content.Span)], new MessageContext(letter.Tenant) { Source = letter.Position }, cancellationToken);

    private IReadOnlyDictionary<string, string[]> FaultsOf(ReadOnlySpan<byte> content) =>
        rules is not null && TryRead(content) is { } message ? rules.FindFaults(message) : ReadOnlyDictionary<string, string[]>.Empty;

    private TMessage? TryRead(ReadOnlySpan<byte> content)
    {
        try
        {
            return type.Read(content);
        }
        catch (MessageRejectedException)
        {
            return null;
        }
    }
}
