namespace Contracts.Messaging;

/// <summary>Applies messages of one type to the store. Idempotent: any message may come again.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface IBatchHandler<TMessage>
{
    /// <summary>Completes when the effects of all messages are durable; only then does the log move on.</summary>
    /// <param name="messages">In the order of their positions, which are kept within a partition.</param>
    /// <param name="cancellationToken">Stops it; what was begun comes again.</param>
    /// <exception cref="Storage.StoreUnavailableException">Not now: all of them come again after a pause.</exception>
    /// <exception cref="MessageRejectedException">
    /// At least one of them can never be applied; it is found, and becomes a dead letter.
    /// </exception>
    Task HandleAsync(IReadOnlyList<Received<TMessage>> messages, CancellationToken cancellationToken);
}
