namespace Contracts.Schedules;

/// <summary>The stored schedules.</summary>
/// <remarks>
/// A returned write is durable. Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply; whether a
/// write took effect is then in <see cref="Storage.StoreUnavailableException.Outcome"/>. What a schedule becomes is decided outside
/// (<see cref="SchedulePlanner"/>): the store compares and sets.
/// </remarks>
public interface IScheduleStore
{
    /// <summary>The tenant's schedule of this name, also one that is being deleted; null if there is none.</summary>
    Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken);

    /// <summary>A page of the tenant's schedules, without those that are being deleted.</summary>
    Task<SchedulePage> ListAsync(ScheduleQuery query, CancellationToken cancellationToken);

    /// <summary>Schedules of all tenants that the Runner has to act on, by an index.</summary>
    /// <param name="shards">Only of these shards (<see cref="Timers.Shard.Of"/> of <see cref="ScheduleKeys.Of"/>); null for all.</param>
    /// <param name="until">Those whose <see cref="ScheduleRecord.WakeAt"/> is not after it.</param>
    /// <param name="limit">Maximum number, at least 1; of one shard, the earliest first.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<ScheduleRecord>> FindDueAsync(
        IReadOnlyList<int>? shards, DateTimeOffset until, int limit, CancellationToken cancellationToken);

    /// <summary>How many of the tenant's schedules name a stored calendar, without those that are being deleted.</summary>
    Task<long> CountNamingAsync(string tenant, string calendar, CancellationToken cancellationToken);

    /// <summary>
    /// Has the Runner look at every schedule that names a stored calendar: each has a new stamp, so that nothing is written any more that
    /// was derived from the calendar as it was before. Repeated, it is done again.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="calendar">The calendar's name.</param>
    /// <param name="at">When, if not earlier.</param>
    /// <param name="cancellationToken">Stops the work; some may be done.</param>
    /// <returns>How many there are.</returns>
    Task<long> WakeNamingAsync(string tenant, string calendar, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Adds, changes and removes schedules, each on its own, if they still are what was read.</summary>
    /// <param name="writes">
    /// Of a schedule at most one. A definition is written only where it is another object than the one that was read.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting; the changes may still happen.</param>
    /// <returns>For each whether it was done; false if it was changed meanwhile, is there already, or is there no more.</returns>
    Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ScheduleWrite> writes, CancellationToken cancellationToken);
}
