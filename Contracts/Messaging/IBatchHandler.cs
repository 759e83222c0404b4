namespace Contracts.Messaging;

/// <summary>Applies messages of one type to the store. Idempotent: any message may come again.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface IBatchHandler<in TMessage>
{
    /// <summary>Completes when the effects of all messages are durable; only then does the log move on.</summary>
    Task HandleAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);
}
