using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Consumer.Revenue;

/// <summary>Tells watchers and others that balances have changed; what comes again is told again, with the same position.</summary>
internal sealed class BalanceNews(IRevenueStore store, ILiveNotices live, IAnnouncements<BalanceChanged> announcements)
{
    /// <summary>Users of one read.</summary>
    private const int MaxUsers = 1_000;

    /// <summary>Completes when it is durable. The effects of the messages are stored.</summary>
    /// <param name="messages">What has changed them.</param>
    /// <param name="what">received, adjusted or erased.</param>
    /// <param name="read">Whose balances, and when it was received.</param>
    /// <param name="cancellationToken">Stops it; the messages come again.</param>
    public async Task TellAsync<TMessage>(
        IReadOnlyList<Received<TMessage>> messages, string what, Func<TMessage, (string User, EventStamp Stamp)> read,
        CancellationToken cancellationToken)
    {
        var balances = new Dictionary<(string Tenant, string User), IReadOnlyList<RevenueBalance>>();
        foreach (var group in messages.GroupBy(each => each.Tenant, StringComparer.Ordinal))
        {
            live.Note(group.Key, RevenueMessages.AllFeed, RevenueMessages.All);
            foreach (var users in group.Select(each => read(each.Message).User).Distinct(StringComparer.Ordinal).Chunk(MaxUsers))
            {
                foreach (var user in users)
                {
                    live.Note(group.Key, RevenueMessages.Topic, user);
                }

                // Once for the batch: what is told is what the batch has led to, as balances are absolute.
                foreach (var user in await store.FindAsync(group.Key, users, cancellationToken))
                {
                    balances[(group.Key, user.Id)] = [.. user.Balances.Take(BalanceChanged.MaxBalances)];
                }
            }
        }

        // Before the log moves on: if the service is killed in between, the messages come again, and are announced again.
        await Announcing.RunAsync(announcements, messages, Tell, cancellationToken);

        BalanceChanged Tell(Received<TMessage> received)
        {
            var (user, stamp) = read(received.Message);
            return new BalanceChanged(
                user, what, received.Source.ToString(), balances.GetValueOrDefault((received.Tenant, user), []), stamp.ReceivedAt);
        }
    }
}
