using Contracts.Common;

namespace Contracts.Messaging;

/// <summary>How far the Consumers are with a topic, so that "not found" is said only when it is certain.</summary>
public interface ILogProgress
{
    /// <summary>Waits until everything that the log held for a key at the moment of the call has been applied.</summary>
    /// <param name="key">The messages' key, as <see cref="MessageType{TMessage}.KeyOf"/> gives it.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>
    /// True when it has been applied; also where messages are stored by the time their publisher is answered, or leave no trace to wait
    /// for.
    /// </returns>
    /// <exception cref="LogUnavailableException">The log cannot be asked.</exception>
    Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the message at a position, and everything before it in its partition, has been applied or is a dead letter.
    /// </summary>
    /// <param name="position">
    /// Of a published message; one of an earlier epoch counts as applied, since nobody can apply it any more.
    /// </param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>True when it has been; always, where the position is not known.</returns>
    /// <exception cref="LogUnavailableException">The log cannot be asked.</exception>
    Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>The same for the topic of one message type.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface ILogProgress<TMessage> : ILogProgress;
