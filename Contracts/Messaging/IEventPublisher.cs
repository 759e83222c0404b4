namespace Contracts.Messaging;

/// <summary>Puts messages of one type on the log.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface IEventPublisher<in TMessage>
{
    /// <summary>Completes when all messages are durable.</summary>
    /// <param name="messages">At least one; their order is kept per key.</param>
    /// <param name="cancellationToken">Stops the waiting; the messages may still be on the log.</param>
    /// <returns>Whether their effects are already visible to reads, as with a log that shares the store.</returns>
    /// <exception cref="LogUnavailableException">Not durable, or not known to be.</exception>
    Task<PublishReceipt> PublishAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);
}
