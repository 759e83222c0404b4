namespace Contracts.Live;

/// <summary>Changes as they happen, for watchers; the latest ones can be replayed. Disposable, as the cache is.</summary>
public interface ILiveFeed
{
    /// <summary>False where what other processes publish cannot be watched: in a cluster without Redis.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Notifies all watchers of a feed. Throws on cancellation only: a change that cannot be sent is a gap for them, of which they learn
    /// with the next one.
    /// </summary>
    /// <param name="tenant">The owner; each tenant has its own feed of this name.</param>
    /// <param name="feed">The feed's name, at most 100 characters.</param>
    /// <param name="change">What happened; at most 64 KiB.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Whether it has been sent; if not, it may have been sent all the same.</returns>
    Task<bool> PublishAsync(string tenant, string feed, ReadOnlyMemory<byte> change, CancellationToken cancellationToken);

    /// <summary>The position of the last change, or the one before the first; null if it cannot be told at the moment.</summary>
    Task<string?> FindPositionAsync(string tenant, string feed, CancellationToken cancellationToken);

    /// <summary>Watches a feed until the token is cancelled, which ends the enumeration without an exception.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="feed">The feed's name.</param>
    /// <param name="after">The position of the last change that the caller knows; null for what comes from now on.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<LiveChange> WatchAsync(string tenant, string feed, string? after, CancellationToken cancellationToken);
}
