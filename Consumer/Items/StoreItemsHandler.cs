using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores items, then tells others.</summary>
internal sealed class StoreItemsHandler(IItemStore store, ItemNews news) : IBatchHandler<ItemCreated>
{
    public async Task HandleAsync(IReadOnlyList<Received<ItemCreated>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(messages, ItemStatistic.Items, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<ItemCreated> received) => new(
        received.Message.Item, ItemHappened.ItemCreated, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt, received.Message.BaseItem);
}
