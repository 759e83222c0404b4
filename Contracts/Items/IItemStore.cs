using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;

namespace Contracts.Items;

/// <summary>Users, base items, items with their transfers, and how many of them there were by time.</summary>
/// <remarks>
/// Every call throws <see cref="Storage.StoreUnavailableException"/> when the store did not reply. Messages may come again, in any batches
/// and in any order: the first of an id is kept and counted once, whatever comes later. A replayed dead letter counts under its first
/// position. That what a message refers to is there is for the Producer to see to, since other keys have their own order: a
/// transfer is kept before its item, and its user, are there. Instants are in 100 ns since 1970.
/// </remarks>
public interface IItemStore
{
    /// <summary>Maximum number of ids in one question.</summary>
    const int MaxIds = 1_000;

    /// <summary>Stores users. When it has completed they can be read and are counted.</summary>
    /// <exception cref="MessageRejectedException">A message is not whole, or has no position.</exception>
    Task AddAsync(IReadOnlyList<Received<UserCreated>> messages, CancellationToken cancellationToken);

    /// <summary>Stores base items, by the same rules.</summary>
    Task AddAsync(IReadOnlyList<Received<BaseItemCreated>> messages, CancellationToken cancellationToken);

    /// <summary>Stores items, by the same rules.</summary>
    Task AddAsync(IReadOnlyList<Received<ItemCreated>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Stores transfers, by the same rules. Those from before <see cref="PurgeAsync"/>'s instant are left out: neither stored nor counted.
    /// </summary>
    Task AddAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Erases users, who do not come back. The user is gone and counted no more; transfers to them, stored or yet to come, stay as
    /// transfers to nobody, whose recipient is <see cref="Guid.Empty"/>, and without a client's address.
    /// </summary>
    Task EraseAsync(IReadOnlyList<Received<ItemUserErased>> messages, CancellationToken cancellationToken);

    /// <summary>Goes on with erasures that were interrupted and whose messages need not come again.</summary>
    /// <param name="limit">Maximum number of transfers in this step.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>Number of transfers that are to nobody now; fewer than the limit at the end.</returns>
    Task<int> ContinueErasuresAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The position of a user's latest erasure; null if there was none.</summary>
    Task<LogPosition?> FindErasureAsync(string tenant, Guid user, CancellationToken cancellationToken);

    /// <summary>Those of some users that are there, in any order; at most <see cref="MaxIds"/>, as everywhere below.</summary>
    Task<IReadOnlyList<ItemUser>> FindUsersAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Those of some base items that are there, in any order.</summary>
    Task<IReadOnlyList<BaseItem>> FindBaseItemsAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Those of some items that are there, in any order.</summary>
    Task<IReadOnlyList<Item>> FindItemsAsync(string tenant, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>The transfers of some items that tell who owns them, in any order; none of an item that nobody owns.</summary>
    Task<IReadOnlyList<ItemTransfer>> FindOwnersAsync(string tenant, IReadOnlyList<Guid> items, CancellationToken cancellationToken);

    /// <summary>
    /// Where transfers came from, in the order of the request; null for those that are not there. Purged ones are still known until they
    /// are forgotten.
    /// </summary>
    Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(Guid Item, string EventId)> transfers, CancellationToken cancellationToken);

    /// <summary>
    /// A page of an item's transfers, by instant and then by position; of different logs, whose positions cannot be compared, in any fixed
    /// order. None of an unknown item.
    /// </summary>
    Task<IReadOnlyList<ItemTransfer>> ReadHistoryAsync(
        string tenant, Guid item, ItemHistoryRange range, CancellationToken cancellationToken);

    /// <summary>A page of all users.</summary>
    Task<IReadOnlyList<ItemUser>> ListUsersAsync(string tenant, ItemListRange range, CancellationToken cancellationToken);

    /// <summary>A page of all base items.</summary>
    Task<IReadOnlyList<BaseItem>> ListBaseItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken);

    /// <summary>A page of all items.</summary>
    Task<IReadOnlyList<Item>> ListItemsAsync(string tenant, ItemListRange range, CancellationToken cancellationToken);

    /// <summary>A page of the transfers of all items.</summary>
    Task<IReadOnlyList<ItemTransfer>> ListTransfersAsync(string tenant, ItemListRange range, CancellationToken cancellationToken);

    /// <summary>How many there were, unit by unit: newest first, empty ones left out, each as exact as the others.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="what">What is counted.</param>
    /// <param name="unit">
    /// How long each point lasts. Milliseconds and seconds are there from <see cref="TrimAsync"/>'s instant on.
    /// </param>
    /// <param name="range">Which points.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    Task<IReadOnlyList<ItemPoint>> CountAsync(
        string tenant, ItemStatistic what, ItemUnit unit, ItemPointRange range, CancellationToken cancellationToken);

    /// <summary>Forgets how many there were in each millisecond and second of the minutes that end before an instant.</summary>
    /// <param name="before">It never goes back: nothing from before it is counted by millisecond and second any more.</param>
    /// <param name="limit">Maximum number of rows in this step, more or less.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>How many rows were deleted; fewer than the limit at the end.</returns>
    Task<int> TrimAsync(long before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the transfers of old days, except the latest one of each item, which tells who owns it: that one goes once a later one has
    /// come. Counts stay as they are, and so do ids, until they are forgotten: a transfer that comes again counts nothing.
    /// </summary>
    /// <param name="expiry">What is purged, and what is forgotten.</param>
    /// <param name="after">The <see cref="PurgeStep.Next"/> of the previous step; null to begin.</param>
    /// <param name="limit">Maximum number of rows in this step, more or less.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>How many transfers were deleted, and where the next step goes on.</returns>
    Task<PurgeStep> PurgeAsync(ItemExpiry expiry, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>The beginning of the first day whose transfers are all kept; the earliest number if nothing was purged.</summary>
    Task<long> FindPurgedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Compares the counts of each day with the users, items and transfers themselves, and puts right those that differ, while others read
    /// and write. Days of which ids were forgotten are left as they are: nothing is there to compare them with.
    /// </summary>
    /// <param name="after">The <see cref="DriftReport.Next"/> of the previous call; null to begin.</param>
    /// <param name="limit">Maximum number of days in this step.</param>
    /// <param name="repair">Whether to put them right; if not, they are only reported.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken);
}
