using Contracts.Messaging;

namespace Contracts.Timers;

/// <summary>The stored timers, as the Producer and the Consumer see them.</summary>
/// <remarks>
/// A returned write is durable. Every call throws <see cref="Storage.StoreUnavailableException"/> when the store
/// did not reply; whether a write took effect is then in <see cref="Storage.StoreUnavailableException.Outcome"/>.
/// </remarks>
public interface ITimerStore
{
    /// <summary>Stores new timers. An existing key is left as it is: the first one wins, redelivery changes nothing.</summary>
    /// <remarks>
    /// Nothing is stored for a create that was accepted before its key was erased (<see cref="TryEraseAsync"/>): the log may give it again
    /// for as long as that is remembered. A later one under that key goes on with the next occurrence, so that its <c>webhook-id</c> is its
    /// own.
    /// </remarks>
    /// <param name="created">
    /// Any number, of any tenants; the same key may occur twice. <see cref="TimerKey"/> ensures that a key belongs to one tenant.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting; what was begun may still be stored.</param>
    Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken);

    /// <summary>The tenant's timers with these keys, in any order, without missing ones.</summary>
    Task<IReadOnlyList<TimerRecord>> FindAsync(string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken);

    /// <summary>All attempts of one of the tenant's timers, oldest first.</summary>
    Task<IReadOnlyList<AttemptRecord>> FindAttemptsAsync(string tenant, Guid key, CancellationToken cancellationToken);

    /// <summary>The latest attempt of one of the tenant's timers, or null.</summary>
    Task<AttemptRecord?> FindLastAttemptAsync(string tenant, Guid key, CancellationToken cancellationToken);

    /// <summary>One page of timers, newest first.</summary>
    Task<TimerPage> ListAsync(TimerQuery query, CancellationToken cancellationToken);

    /// <summary>How many of the tenant's timers are in each state, without scanning; states with none are left out.</summary>
    Task<TimerCounts> CountAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Changes a timer if it still is what the caller read: same version, state and claim.</summary>
    /// <param name="read">The row as <see cref="FindAsync"/> gave it.</param>
    /// <param name="changed">The row to put in its place; the key and the tenant stay.</param>
    /// <param name="cancellationToken">Stops the waiting; the change may still happen.</param>
    /// <returns>False if it changed meanwhile; then nothing is written.</returns>
    /// <exception cref="InvalidOperationException"><see cref="TimerLifecycle"/> does not allow the step: a bug of the caller.</exception>
    Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a finished timer with its attempts and tags if it still is what the caller read, and frees its key. That it was erased is
    /// remembered until <see cref="IDueTimers.PurgeAsync"/> would have deleted a timer that finished then.
    /// </summary>
    /// <param name="read">The row as <see cref="FindAsync"/> gave it.</param>
    /// <param name="at">The instant of the erasure: creates that were accepted up to it are of before.</param>
    /// <param name="cancellationToken">Stops the waiting; the erasure may still happen.</param>
    /// <returns>False if it changed meanwhile; then nothing is deleted.</returns>
    /// <exception cref="InvalidOperationException">The timer has not finished: a bug of the caller.</exception>
    Task<bool> TryEraseAsync(TimerRecord read, DateTimeOffset at, CancellationToken cancellationToken);
}
