using Consumer.Events;
using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores transfers, then tells others.</summary>
internal sealed class StoreTransfersHandler(IItemStore store, ItemNews news) : IBatchHandler<ItemTransferred>
{
    public async Task HandleAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        var stored = await PurgedEvents.LeaveOutAsync(
            messages,
            await store.FindPurgedAsync(cancellationToken),
            message => new[] { ((message.Item, message.EventId), message.At) },
            (tenant, keys) => store.FindSourcesAsync(tenant, keys, cancellationToken),
            (message, _) => message);
        await news.TellAsync(stored, ItemStatistic.Transfers, Tell, cancellationToken);
    }

    private static ItemHappened Tell(Received<ItemTransferred> received) => new(
        received.Message.Item, ItemHappened.ItemTransferred, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt, To: received.Message.To, EventId: received.Message.EventId);
}
