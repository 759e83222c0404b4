namespace Contracts.Timers;

/// <summary>The Runners' leases in a store that several Runners share. Unavailability is told as in <see cref="ITimerStore"/>.</summary>
public interface IRunnerLeases
{
    /// <summary>Stores the lease of a name that was never used before.</summary>
    Task AddAsync(RunnerLeaseRow lease, CancellationToken cancellationToken);

    /// <summary>Renews a lease, and tells its shards: a compare-and-set on "not reaped, and <c>until</c> still ahead".</summary>
    /// <returns>False when it is gone for ever: the Runner goes on under a new name.</returns>
    Task<bool> TryRenewAsync(RunnerLeaseRow lease, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a lease whose claims were all answered or handed back.</summary>
    Task RemoveAsync(Guid runner, CancellationToken cancellationToken);

    /// <summary>All leases that are not reaped.</summary>
    Task<IReadOnlyList<RunnerLeaseRow>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Makes a Runner the one that leads, or keeps it so, where only one at a time may claim.</summary>
    /// <param name="runner">Whose lease must be live.</param>
    /// <param name="now">By the store's clock.</param>
    /// <param name="until">Until when nobody else can.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Whether it leads.</returns>
    Task<bool> TryLeadAsync(Guid runner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);
}
