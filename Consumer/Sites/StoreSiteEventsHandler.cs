using Consumer.Events;
using Contracts.Events;
using Contracts.Live;
using Contracts.Messaging;
using Contracts.Sites;

namespace Consumer.Sites;

/// <summary>Stores events, then tells others.</summary>
internal sealed class StoreSiteEventsHandler(ISiteStore store, ILiveNotices live, IAnnouncements<SiteEventsRecorded> announcements)
    : IBatchHandler<SiteEventsReceived>
{
    public async Task HandleAsync(IReadOnlyList<Received<SiteEventsReceived>> messages, CancellationToken cancellationToken)
    {
        await store.AddAsync(messages, cancellationToken);
        foreach (var message in messages)
        {
            live.Note(message.Tenant, SiteMessages.Topic, message.Message.Site);
        }

        var stored = await PurgedEvents.LeaveOutAsync(
            messages,
            await store.FindPurgedAsync(cancellationToken),
            message => message.Events.Select(each => ((message.Site, SiteEventKey.Of(each.EventId, out _)), each.At)),
            (tenant, keys) => store.FindSourcesAsync(tenant, keys, cancellationToken),
            (message, kept) => message with { Events = [.. kept.Select(index => message.Events[index])] });

        // Before the log moves on: if the service is killed in between, the messages come again, and are announced again.
        await Announcing.RunAsync(announcements, stored, Tell, cancellationToken);
    }

    private static SiteEventsRecorded Tell(Received<SiteEventsReceived> received)
    {
        var message = received.Message;
        return new SiteEventsRecorded(
            message.Site, received.Source.ToString(), message.Events.Count,
            message.Events.Count == 0 ? 0 : message.Events.Max(each => each.At), message.Stamp.ReceivedAt);
    }
}
