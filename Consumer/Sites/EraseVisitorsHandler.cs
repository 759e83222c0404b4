using Consumer.Events;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Sites;

namespace Consumer.Sites;

/// <summary>Erases visitors, also out of dead letters, then tells others that it happened, not whom.</summary>
internal sealed class EraseVisitorsHandler(
    ISiteStore store, DeadLetterErasure deadLetters, ILiveNotices live, IAnnouncements<SiteHappened> announcements)
    : IBatchHandler<VisitorErased>
{
    public async Task HandleAsync(IReadOnlyList<Received<VisitorErased>> messages, CancellationToken cancellationToken)
    {
        await store.EraseAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            var erased = message.Message;
            live.Note(message.Tenant, SiteMessages.Topic, erased.Site);
            await deadLetters.EraseAsync(
                message, SiteMessages.Topic, erased.Site, letter => VisitorLetters.Strip(letter, erased), cancellationToken);
        }

        await Announcing.RunAsync(
            announcements,
            messages,
            each => new SiteHappened(each.Message.Site, "erased", each.Source.ToString(), each.Message.Stamp.ReceivedAt),
            cancellationToken);
    }
}
