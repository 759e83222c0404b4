using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores base items, then tells others.</summary>
internal sealed class StoreBaseItemsHandler(IItemStore store, ItemNews news) : IBatchHandler<BaseItemCreated>
{
    public async Task HandleAsync(IReadOnlyList<Received<BaseItemCreated>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(messages, counted: null, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<BaseItemCreated> received) => new(
        received.Message.BaseItem, ItemHappened.BaseItemCreated, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt);
}
