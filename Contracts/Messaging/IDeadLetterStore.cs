namespace Contracts.Messaging;

/// <summary>The dead letters of all topics. A returned write is durable.</summary>
/// <remarks>Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply.</remarks>
public interface IDeadLetterStore
{
    /// <summary>
    /// Keeps a letter. One that is there already is open again, with the new reason and its old number of replays and, when it was
    /// replayed, the replayed content.
    /// </summary>
    Task AddAsync(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>One letter with its content; null when the tenant has none with this id.</summary>
    Task<DeadLetter?> FindAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>The open letters of the tenant that have these ids, without content, in no particular order.</summary>
    Task<IReadOnlyList<DeadLetter>> FindOpenAsync(string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>
    /// The latest open letter of the tenant with this message key, without content; null if there is none. For messages whose position
    /// the caller does not know.
    /// </summary>
    Task<DeadLetter?> FindLatestOpenAsync(string tenant, string topic, string key, CancellationToken cancellationToken);

    /// <summary>One page of letters, the latest first.</summary>
    Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken);

    /// <summary>Changes a letter if it still has the version that the caller read.</summary>
    /// <param name="read">The letter as <see cref="FindAsync"/> gave it.</param>
    /// <param name="changed">What to put in its place, with the next version; id and tenant stay.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>False if it was changed or deleted meanwhile.</returns>
    Task<bool> TryReplaceAsync(DeadLetter read, DeadLetter changed, CancellationToken cancellationToken);

    /// <summary>Deletes a letter if it still has the version that the caller read.</summary>
    Task<bool> TryDeleteAsync(DeadLetter read, CancellationToken cancellationToken);
}
