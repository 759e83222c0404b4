using Consumer.Events;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Sites;

namespace Consumer.Sites;

/// <summary>Erases whole sites with their dead letters, then tells others.</summary>
internal sealed class EraseSitesHandler(
    ISiteStore store, DeadLetterErasure deadLetters, ILiveNotices live, IAnnouncements<SiteHappened> announcements)
    : IBatchHandler<SiteErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<SiteErased>> messages, CancellationToken cancellationToken)
    {
        await store.EraseSitesAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            var site = message.Message.Site;
            live.Note(message.Tenant, SiteMessages.Topic, site);
            await deadLetters.EraseAsync(message, SiteMessages.Topic, site, static _ => null, cancellationToken);
        }

        await Announcing.RunAsync(
            announcements,
            messages,
            each => new SiteHappened(each.Message.Site, "site-erased", each.Source.ToString(), each.Message.Stamp.ReceivedAt),
            cancellationToken);
    }
}
