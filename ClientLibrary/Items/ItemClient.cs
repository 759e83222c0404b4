using ClientLibrary.Events;
using ClientLibrary.Live;

namespace ClientLibrary.Items;

/// <summary>Creates users, base items and items, and transfers items. The results have the ids of what was created.</summary>
/// <param name="connection">The service.</param>
public sealed class ItemClient(ServiceConnection connection)
{
    private const string Root = "items";

    private readonly EventClient events = new(connection);

    /// <summary>Creates users, in as many requests as they need.</summary>
    /// <param name="users">Any number.</param>
    /// <param name="cancellationToken">Gives up; those with ids of their own may be sent again then.</param>
    public Task<EventBatch> CreateUsersAsync(IEnumerable<NewItemUser> users, CancellationToken cancellationToken = default) =>
        events.SendAsync($"{Root}/users", users, ItemsJson.Default.NewItemUser, cancellationToken);

    /// <summary>Creates base items, in as many requests as they need.</summary>
    /// <param name="baseItems">Any number.</param>
    /// <param name="cancellationToken">Gives up; those with ids of their own may be sent again then.</param>
    public Task<EventBatch> CreateBaseItemsAsync(IEnumerable<NewBaseItem> baseItems, CancellationToken cancellationToken = default) =>
        events.SendAsync($"{Root}/base-items", baseItems, ItemsJson.Default.NewBaseItem, cancellationToken);

    /// <summary>Creates items, in as many requests as they need. One of a base item that is not there is refused with 404.</summary>
    /// <param name="items">Any number.</param>
    /// <param name="cancellationToken">Gives up; those with ids of their own may be sent again then.</param>
    public Task<EventBatch> CreateItemsAsync(IEnumerable<NewItem> items, CancellationToken cancellationToken = default) =>
        events.SendAsync(Root, items, ItemsJson.Default.NewItem, cancellationToken);

    /// <summary>Transfers items, in as many requests as they need. One of or to what is not there is refused with 404.</summary>
    /// <param name="transfers">Any number.</param>
    /// <param name="cancellationToken">Gives up; those with ids of their own may be sent again then.</param>
    public Task<EventBatch> TransferAsync(IEnumerable<ItemTransfer> transfers, CancellationToken cancellationToken = default) =>
        events.SendAsync($"{Root}/transfers", transfers, ItemsJson.Default.ItemTransfer, cancellationToken);

    /// <summary>An item with its owner.</summary>
    /// <param name="item">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceProblemException">404: there is none.</exception>
    public Task<ItemInfo> GetAsync(Guid item, CancellationToken cancellationToken = default) =>
        connection.GetAsync($"{Root}/{item:D}", ItemsJson.Default.ItemInfo, cancellationToken);

    /// <summary>How many there were of something, unit by unit, as it changes.</summary>
    /// <param name="what">items, transfers or users.</param>
    /// <param name="unit">millisecond, second, minute, hour, day, week, month or year.</param>
    /// <param name="lastEventId">The position to go on from; null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<LiveEvent> WatchAsync(
        string what, string unit, string? lastEventId = null, CancellationToken cancellationToken = default) =>
        new LiveClient(connection).WatchAsync(
            $"{Root}/statistics/{Uri.EscapeDataString(what)}/{Uri.EscapeDataString(unit)}/stream", lastEventId, cancellationToken);
}
