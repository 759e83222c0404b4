using Contracts.Items;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Stores transfers, then tells others.</summary>
internal sealed class StoreTransfersHandler(IItemStore store, ItemNews news) : IBatchHandler<ItemTransferred>
{
    public async Task HandleAsync(IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(
            await LeaveOutPurgedAsync(messages, cancellationToken), ItemStatistic.Transfers, Tell, cancellationToken);
    }

    /// <summary>What came too late for the purge is not stored, and nobody is told of it.</summary>
    private async Task<IReadOnlyList<Received<ItemTransferred>>> LeaveOutPurgedAsync(
        IReadOnlyList<Received<ItemTransferred>> messages, CancellationToken cancellationToken)
    {
        var purged = await store.FindPurgedAsync(cancellationToken);
        var leftOut = new HashSet<Received<ItemTransferred>>(ReferenceEqualityComparer.Instance);
        foreach (var group in messages.Where(each => each.Message.At < purged).GroupBy(each => each.Tenant, StringComparer.Ordinal))
        {
            foreach (var some in group.Chunk(IItemStore.MaxIds))
            {
                // One that was stored in time has left its id, at least.
                var sources = await store.FindSourcesAsync(
                    group.Key, [.. some.Select(each => (each.Message.Item, each.Message.EventId))], cancellationToken);
                leftOut.UnionWith(some.Where((each, i) => sources[i]?.Position != each.Source));
            }
        }

        return leftOut.Count == 0 ? messages : [.. messages.Where(each => !leftOut.Contains(each))];
    }

    private static ItemHappened Tell(Received<ItemTransferred> received) => new(
        received.Message.Item, ItemHappened.ItemTransferred, received.Source.ToString(), received.Message.At,
        received.Message.Stamp.ReceivedAt, To: received.Message.To, EventId: received.Message.EventId);
}
