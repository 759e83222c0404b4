namespace Contracts.Timers;

/// <summary>The leases of Runners that share a store. Unavailability is reported as in <see cref="ITimerStore"/>.</summary>
public interface IRunnerLeases
{
    /// <summary>Stores the lease of a name that was never used before.</summary>
    Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken);

    /// <summary>Renews a lease and publishes its shards: a compare-and-set on "not reaped, and <c>until</c> still ahead".</summary>
    /// <returns>False if it is gone for good: the Runner continues under a new name.</returns>
    Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a lease whose claims were all answered or handed back.</summary>
    Task RemoveAsync(Guid runner, CancellationToken cancellationToken);

    /// <summary>All leases that are not reaped.</summary>
    Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Makes or keeps a Runner the leader, where only one at a time may claim.</summary>
    /// <param name="runner">The Runner; its lease must be live.</param>
    /// <param name="now">By the store's clock.</param>
    /// <param name="until">Until when no other Runner can lead.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Whether it leads.</returns>
    Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);
}
