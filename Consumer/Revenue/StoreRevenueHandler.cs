using Consumer.Events;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Consumer.Revenue;

/// <summary>Stores events, then tells others.</summary>
internal sealed class StoreRevenueHandler(IRevenueStore store, BalanceNews news) : IBatchHandler<RevenueReceived>
{
    public async Task HandleAsync(IReadOnlyList<Received<RevenueReceived>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        var stored = await PurgedEvents.LeaveOutAsync(
            messages,
            await store.FindPurgedAsync(cancellationToken),
            message => message.Events.Select(each => ((message.User, each.EventId), each.At)),
            (tenant, keys) => store.FindSourcesAsync(tenant, keys, cancellationToken),
            (message, kept) => message with { Events = [.. kept.Select(index => message.Events[index])] });
        await news.TellAsync(stored, "received", each => (each.User, each.Stamp), cancellationToken);
    }
}
