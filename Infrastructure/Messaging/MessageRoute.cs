using System.Text.Json;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Routes the messages of one type to their handler.</summary>
internal abstract class MessageRoute(MessageType type)
{
    public MessageType Type => type;

    /// <summary>Reads a message.</summary>
    /// <exception cref="MessageRejectedException">The bytes are not a message of this type.</exception>
    public abstract object Read(ReadOnlySpan<byte> json);

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public abstract byte[] Write(object message);

    public abstract string KeyOf(object message);

    /// <summary>Hands messages of this type to their handler, in order.</summary>
    public abstract Task HandleAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class MessageRoute<TMessage>(MessageType<TMessage> type, IBatchHandler<TMessage> handler) : MessageRoute(type)
    where TMessage : notnull
{
    public override object Read(ReadOnlySpan<byte> json) => type.Read(json);

    public override byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes((TMessage)message, type.Json);

    public override string KeyOf(object message) => type.KeyOf((TMessage)message);

    public override Task HandleAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellationToken)
    {
        var messages = new Received<TMessage>[entries.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            var entry = entries[i];
            messages[i] = new Received<TMessage>((TMessage)entry.Message, entry.Position)
            {
                Tenant = entry.Tenant,
                Source = entry.Source,
                TraceParent = entry.TraceParent,
            };
        }

        return handler.HandleAsync(messages, cancellationToken);
    }
}
