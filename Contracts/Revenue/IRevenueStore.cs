using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;

namespace Contracts.Revenue;

/// <summary>
/// Revenue: a ledger of events and adjustments for each user, each claimed by its id; balances by user and currency; and sums by time
/// for each user and for all of a tenant.
/// </summary>
/// <remarks>
/// Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply. Messages may come again, in any batches:
/// the first entry of an id is kept, whatever comes later. Effects of one user come in the order of the log, as the user's messages have
/// one key. A replayed dead letter counts under its first position. Instants are in 100 ns since 1970.
/// </remarks>
public interface IRevenueStore
{
    /// <summary>Stores events. When it has completed they can be read, and balances and sums include them.</summary>
    /// <remarks>Events from before <see cref="PurgeAsync"/>'s instant, or from before an erasure of the user, are left out.</remarks>
    /// <exception cref="MessageRejectedException">A message is not whole, or has no position.</exception>
    Task AddAsync(IReadOnlyList<Received<RevenueReceived>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Stores adjustments, by the same rules. One whose original is not there, is purged or is an adjustment is left out, and so is one
    /// whose original comes later on the log, so that a message that comes again is answered alike.
    /// </summary>
    Task AdjustAsync(IReadOnlyList<Received<RevenueAdjusted>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Erases users: their ledgers and balances, and what they added to the sums of all. Earlier messages, when they come again, are left
    /// out.
    /// </summary>
    Task EraseAsync(IReadOnlyList<Received<RevenueUserErased>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Where the entries of these ids came from, adjustments included, in the order of the request; null for those that are not there.
    /// Purged entries are still known until they are forgotten.
    /// </summary>
    Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string User, string EventId)> entries, CancellationToken cancellationToken);

    /// <summary>The position of the latest erasure of a user; null if there was none.</summary>
    Task<LogPosition?> FindErasureAsync(string tenant, string user, CancellationToken cancellationToken);

    /// <summary>The user with all balances, at a cost that depends on the number of currencies alone; null if there is none.</summary>
    Task<RevenueUser?> FindAsync(string tenant, string user, CancellationToken cancellationToken);

    /// <summary>Those of some users that are there, in any order.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="users">At most 1,000 ids.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<RevenueUser>> FindAsync(string tenant, IReadOnlyList<string> users, CancellationToken cancellationToken);

    /// <summary>A page of the tenant's users.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="after">The id after which it begins; null for the first page.</param>
    /// <param name="limit">Maximum number of users, 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<RevenueUserPage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Entries of a user's ledger; none of an unknown one.</summary>
    Task<IReadOnlyList<LedgerEntry>> ReadAsync(string tenant, string user, RevenueRange range, CancellationToken cancellationToken);

    /// <summary>
    /// Sums by steps of any lengths, so that they can be those of any calendar: in time order, then by currency, empty ones left out.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="user">Of this user; null for all of the tenant's.</param>
    /// <param name="boundaries">
    /// Where the steps begin, ascending, and the end of the last one; at least two. Sums are kept by minutes: a minute belongs to the step
    /// that its beginning lies in, and each boundary but the last is taken as the beginning of its minute.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="ArgumentException">There are fewer boundaries than two, or they do not ascend.</exception>
    Task<IReadOnlyList<RevenueSum>> SumAsync(
        string tenant, string? user, IReadOnlyList<long> boundaries, CancellationToken cancellationToken);

    /// <summary>Registers a name of events, or replaces it.</summary>
    /// <returns>True if it is new.</returns>
    Task<bool> RegisterAsync(string tenant, RevenueEventType type, CancellationToken cancellationToken);

    /// <summary>Forgets a registered name; its events stay as they are.</summary>
    /// <returns>False if it was not registered.</returns>
    Task<bool> UnregisterAsync(string tenant, string name, CancellationToken cancellationToken);

    /// <summary>All names that the tenant has registered, in the order of their names; built-in ones are not among them.</summary>
    Task<IReadOnlyList<RevenueEventType>> ListTypesAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes whole days, entries with their sums by time, from before an instant, and ids that have outlived their entries long enough.
    /// Balances keep counting purged entries.
    /// </summary>
    /// <param name="before">The days in UTC that end before it go; none from before it can be stored again. It never goes back.</param>
    /// <param name="forgetBefore">Ids of entries from before it, which are purged already, are forgotten.</param>
    /// <param name="after">The <see cref="PurgeStep.Next"/> of the previous step; null to begin.</param>
    /// <param name="limit">Maximum number of rows in this step, more or less.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<PurgeStep> PurgeAsync(long before, long forgetBefore, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The beginning of the first day that was not purged; the earliest number if nothing was.</summary>
    Task<long> FindPurgedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Compares balances and sums with the ledger, user by user, then the sums of all users day by day with those of each, and puts right
    /// those that differ, while others read and write.
    /// </summary>
    /// <param name="after">The <see cref="DriftReport.Next"/> of the previous call; null to begin.</param>
    /// <param name="limit">Maximum number of users or days in this step.</param>
    /// <param name="repair">Whether to put them right; if not, they are only reported.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken);
}
