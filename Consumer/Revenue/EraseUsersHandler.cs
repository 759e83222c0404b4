using Consumer.Events;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Consumer.Revenue;

/// <summary>Erases users with their dead letters, then tells others.</summary>
internal sealed class EraseUsersHandler(IRevenueStore store, DeadLetterErasure deadLetters, BalanceNews news)
    : IBatchHandler<RevenueUserErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<RevenueUserErased>> messages, CancellationToken cancellationToken)
    {
        await store.EraseAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            await deadLetters.EraseAsync(message, RevenueMessages.Topic, message.Message.User, static _ => null, cancellationToken);
        }

        await news.TellAsync(messages, "erased", each => (each.User, each.Stamp), cancellationToken);
    }
}
