namespace Contracts.Events;

/// <summary>
/// Tells others what happened, on <c>&lt;slice&gt;.events</c>. At least once: what is announced again has the same position.
/// </summary>
/// <typeparam name="TMessage">What happened.</typeparam>
public interface IAnnouncements<TMessage>
{
    /// <summary>Completes when it is durable; at once where nobody outside of this process could subscribe.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="messages">What happened, in order.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="Messaging.LogUnavailableException">It is not durable, or it is unknown whether it is.</exception>
    Task AnnounceAsync(string tenant, IReadOnlyList<TMessage> messages, CancellationToken cancellationToken);
}
