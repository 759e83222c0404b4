using Contracts.Events;
using Contracts.Items;
using Producer.Events;

namespace Producer.Items;

/// <summary>Makes users, base items, items and transfers durable, and tells of each what became of it.</summary>
internal sealed class ItemIntake(
    EventCarrier<AcceptedItem<UserCreated>, UserCreated> users, EventCarrier<AcceptedItem<BaseItemCreated>, BaseItemCreated> baseItems,
    EventCarrier<AcceptedItem<ItemCreated>, ItemCreated> items, EventCarrier<AcceptedItem<ItemTransferred>, ItemTransferred> transfers,
    IItemStore store)
{
    private static readonly MessageRoom Room = new(MaxEvents: 1);

    /// <summary>Completes when all are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="accepted">Valid ones; what became of each is set.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedItem<UserCreated>> accepted, TimeSpan? wait, CancellationToken cancellationToken) =>
        users.CarryAsync(
            tenant, accepted,
            StepsOf<UserCreated>(
                ItemTracker.KeyOf,
                (some, stop) => FindAsync(some, ids => store.FindUsersAsync(tenant, ids, stop), each => (each.Id, each.Source))),
            wait, cancellationToken);

    /// <inheritdoc cref="AcceptAsync(string, IReadOnlyList{AcceptedItem{UserCreated}}, TimeSpan?, CancellationToken)"/>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedItem<BaseItemCreated>> accepted, TimeSpan? wait, CancellationToken cancellationToken) =>
        baseItems.CarryAsync(
            tenant, accepted,
            StepsOf<BaseItemCreated>(
                ItemTracker.KeyOf,
                (some, stop) => FindAsync(some, ids => store.FindBaseItemsAsync(tenant, ids, stop), each => (each.Id, each.Source))),
            wait, cancellationToken);

    /// <inheritdoc cref="AcceptAsync(string, IReadOnlyList{AcceptedItem{UserCreated}}, TimeSpan?, CancellationToken)"/>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedItem<ItemCreated>> accepted, TimeSpan? wait, CancellationToken cancellationToken) =>
        items.CarryAsync(
            tenant, accepted,
            StepsOf<ItemCreated>(
                ItemTracker.KeyOf,
                (some, stop) => FindAsync(some, ids => store.FindItemsAsync(tenant, ids, stop), each => (each.Id, each.Source))),
            wait, cancellationToken);

    /// <inheritdoc cref="AcceptAsync(string, IReadOnlyList{AcceptedItem{UserCreated}}, TimeSpan?, CancellationToken)"/>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedItem<ItemTransferred>> accepted, TimeSpan? wait, CancellationToken cancellationToken) =>
        transfers.CarryAsync(
            tenant, accepted,
            StepsOf<ItemTransferred>(
                ItemTracker.KeyOf,
                (some, stop) => FindInStepsAsync(
                    some, each => (each.Message.Item, each.Message.EventId), ids => store.FindSourcesAsync(tenant, ids, stop))),
            wait, cancellationToken);

    private static CarrySteps<AcceptedItem<TMessage>, TMessage> StepsOf<TMessage>(
        Func<TMessage, string> trackedBy,
        Func<IReadOnlyList<AcceptedItem<TMessage>>, CancellationToken, Task<IReadOnlyList<EventSource?>>> findSourcesAsync) =>
        new(Room, each => each.Key.ToString(), some => some[0].Message, trackedBy, findSourcesAsync);

    private static Task<IReadOnlyList<EventSource?>> FindAsync<TMessage, TFound>(
        IReadOnlyList<AcceptedItem<TMessage>> some, Func<IReadOnlyList<Guid>, Task<IReadOnlyList<TFound>>> findAsync,
        Func<TFound, (Guid Id, EventSource Source)> read) => FindInStepsAsync(
            some,
            each => each.Key,
            async ids =>
            {
                var found = (await findAsync(ids)).Select(read).ToDictionary(each => each.Id, each => (EventSource?)each.Source);
                return [.. ids.Select(id => found.GetValueOrDefault(id))];
            });

    /// <summary>A question has at most <see cref="IItemStore.MaxIds"/>.</summary>
    private static async Task<IReadOnlyList<EventSource?>> FindInStepsAsync<TMessage, TKey>(
        IReadOnlyList<AcceptedItem<TMessage>> some, Func<AcceptedItem<TMessage>, TKey> keyOf,
        Func<IReadOnlyList<TKey>, Task<IReadOnlyList<EventSource?>>> findAsync)
    {
        var sources = new List<EventSource?>(some.Count);
        foreach (var step in some.Chunk(IItemStore.MaxIds))
        {
            sources.AddRange(await findAsync(Array.ConvertAll(step, each => keyOf(each))));
        }

        return sources;
    }
}
