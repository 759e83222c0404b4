namespace Contracts.Messaging;

/// <summary>How far the Consumers are with messages of one type, so that "not found" is said only when it is certain.</summary>
/// <typeparam name="TMessage">A message of this project's contracts.</typeparam>
public interface ILogProgress<TMessage>
{
    /// <summary>Waits until everything that the log held for a key at the moment of the call has been applied.</summary>
    /// <param name="key">The messages' key, as <see cref="MessageType{TMessage}.KeyOf"/> gives it.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>True when it has been applied; also where messages are stored by the time their publisher is answered, or leave no trace to wait for.</returns>
    /// <exception cref="LogUnavailableException">The log cannot be asked.</exception>
    Task<bool> WaitUntilAppliedAsync(string key, TimeSpan patience, CancellationToken cancellationToken);
}
