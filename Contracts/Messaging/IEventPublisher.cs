namespace Contracts.Messaging;

/// <summary>Puts messages of one type on the log.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface IEventPublisher<in TMessage>
{
    /// <summary>Completes when all messages are durable.</summary>
    /// <param name="messages">At least one; their order is kept per key.</param>
    /// <param name="context">What they share.</param>
    /// <param name="cancellationToken">Stops the waiting; the messages may still be on the log.</param>
    /// <returns>Each message's position, and whether its effects are stored yet.</returns>
    /// <exception cref="LogUnavailableException">The messages are not durable, or it is unknown whether they are.</exception>
    Task<PublishReceipt> PublishAsync(IReadOnlyList<TMessage> messages, MessageContext context, CancellationToken cancellationToken);

    /// <summary>The same for the default tenant.</summary>
    /// <inheritdoc cref="PublishAsync(IReadOnlyList{TMessage}, MessageContext, CancellationToken)"/>
    Task<PublishReceipt> PublishAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken) =>
        PublishAsync(messages, MessageContext.Default, cancellationToken);
}
