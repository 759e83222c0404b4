using Contracts.Common;
using Contracts.Messaging;
using Contracts.Sites;

namespace Infrastructure.Sites.Common;

/// <summary>What every store asks of a message before it stores any of it.</summary>
internal static class ReceivedSiteEvents
{
    /// <exception cref="MessageRejectedException">One of them can never be stored.</exception>
    public static void Check(IReadOnlyList<Received<SiteEventsReceived>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.Site, message.Source);
            var events = message.Message.Events;
            if (events.Count > SiteEventsReceived.MaxEvents)
            {
                throw new MessageRejectedException($"It holds {events.Count} events.");
            }

            foreach (var each in events)
            {
                Check(each);
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{SiteEventsReceived}})"/>
    public static void Check(IReadOnlyList<Received<VisitorErased>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.Site, message.Source);
            if (message.Message.User is null == message.Message.Visitor is null)
            {
                throw new MessageRejectedException("It must name either a user or a visitor.");
            }
        }
    }

    /// <inheritdoc cref="Check(IReadOnlyList{Received{SiteEventsReceived}})"/>
    public static void Check(IReadOnlyList<Received<SiteErased>> messages)
    {
        foreach (var message in messages)
        {
            CheckSource(message.Message.Site, message.Source);
        }
    }

    private static void Check(SiteEvent each)
    {
        if (each is null || each.Type.Length is 0 or > SiteLimits.MaxType || each.Path.Length is 0 or > SiteLimits.MaxPath
            || each.EventId.Length == 0)
        {
            throw new MessageRejectedException("An event has no type, path or id, or one that is too long.");
        }

        if (!TickTime.IsValid(each.At))
        {
            throw new MessageRejectedException($"The instant {each.At} lies outside of the years 1 to 9999.");
        }
    }

    private static void CheckSource(string site, LogPosition source)
    {
        if (!source.IsKnown)
        {
            throw new MessageRejectedException("It has no position on its log, so it could be counted twice.");
        }

        if (site.Length == 0)
        {
            throw new MessageRejectedException("It names no site.");
        }
    }
}
