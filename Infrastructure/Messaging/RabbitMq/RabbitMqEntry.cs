namespace Infrastructure.Messaging.RabbitMq;

/// <summary>A received message that waits for its batch.</summary>
/// <param name="Message">What it says.</param>
/// <param name="Delivery">Its place in the order of the channel.</param>
internal sealed record RabbitMqEntry<TMessage>(TMessage Message, ulong Delivery)
{
    /// <summary>Completes when it is applied; fails with the reason when it cannot be.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
