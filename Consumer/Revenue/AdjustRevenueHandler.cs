using Contracts.Messaging;
using Contracts.Revenue;

namespace Consumer.Revenue;

/// <summary>Stores adjustments, then tells others.</summary>
internal sealed class AdjustRevenueHandler(IRevenueStore store, BalanceNews news) : IBatchHandler<RevenueAdjusted>
{
    public async Task HandleAsync(IReadOnlyList<Received<RevenueAdjusted>> messages, CancellationToken cancellationToken)
    {
        await store.AdjustAsync(messages, cancellationToken);
        await news.TellAsync(messages, "adjusted", each => (each.User, each.Stamp), cancellationToken);
    }
}
