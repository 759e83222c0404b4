using Contracts.Events;
using Contracts.Items;
using Contracts.Live;
using Contracts.Messaging;

namespace Consumer.Items;

/// <summary>Tells watchers of statistics, and others, what has happened; what comes again is told again, with the same position.</summary>
internal sealed class ItemNews(ILiveNotices live, IAnnouncements<ItemHappened> announcements)
{
    /// <summary>Completes when it is durable. The messages are stored.</summary>
    /// <param name="messages">What has happened.</param>
    /// <param name="counted">The statistic that counts it; null for none.</param>
    /// <param name="tell">What to tell others of each.</param>
    /// <param name="cancellationToken">Stops it; the messages come again.</param>
    public async Task TellAsync<TMessage>(
        IReadOnlyList<Received<TMessage>> messages, ItemStatistic? counted, Func<Received<TMessage>, ItemHappened> tell,
        CancellationToken cancellationToken)
    {
        if (counted is { } what)
        {
            foreach (var each in messages)
            {
                Note(each.Tenant, what, tell(each).At);
            }
        }

        // Before the log moves on: if the service is killed in between, the messages come again, and are announced again.
        await Announcing.RunAsync(announcements, messages, tell, cancellationToken);
    }

    /// <summary>Tells watchers of a statistic that it has changed at an instant. What it was is stored.</summary>
    public void Note(string tenant, ItemStatistic what, long at) =>
        live.Note(tenant, ItemMessages.FeedOf(what), ItemMessages.LiveKeyOf(at));
}
