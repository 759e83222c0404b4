using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores transfers, then tells others.</summary>
internal sealed class StoreTransfersHandler(IItemStore store, ItemNews news) : IBatchHandler<ItemTransferred>
{
    public async Task HandleAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(messages, ItemStatistic.Transfers, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<ItemTransferred> received) => new(
        received.Message.Item, ItemHappened.ItemTransferred, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt, To: received.Message.To, EventId: received.Message.EventId);
}
