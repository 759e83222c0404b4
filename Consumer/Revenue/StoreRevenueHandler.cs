using Contracts.Messaging;
using Contracts.Revenue;

namespace Consumer.Revenue;

/// <summary>Stores events, then tells others.</summary>
internal sealed class StoreRevenueHandler(IRevenueStore store, BalanceNews news) : IBatchHandler<RevenueReceived>
{
    public async Task HandleAsync(IReadOnlyList<Received<RevenueReceived>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        await news.TellAsync(messages, "received", each => (each.User, each.Stamp), cancellationToken);
    }
}
