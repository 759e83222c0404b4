using Contracts.Common;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>A received message that waits for its batch.</summary>
/// <param name="route">The handler of its type.</param>
/// <param name="message">The message.</param>
/// <param name="delivery">Its delivery number on the channel.</param>
internal sealed class RabbitMqEntry(MessageRoute route, object message, ulong delivery) : LogEntry(route, message, LogPosition.None)
{
    public ulong Delivery => delivery;

    /// <summary>Completes when the message is applied; fails with the reason if it cannot be.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
