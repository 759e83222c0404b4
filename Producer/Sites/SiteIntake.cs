using System.Net;
using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;

namespace Producer.Sites;

/// <summary>Makes events durable, few messages for each site of a request, and tells of each what became of it.</summary>
internal sealed class SiteIntake(
    EventCarrier<AcceptedSiteEvent, SiteEventsReceived> carrier, ISiteStore store, DailySalt salts, IOptions<SiteOptions> options)
{
    /// <summary>In characters, of which JSON may make six bytes each: two megabytes, of the four that the log takes.</summary>
    private static readonly MessageRoom Room = new(SiteEventsReceived.MaxEvents, MaxSize: 300_000);

    /// <summary>Tells the visitors of a request apart.</summary>
    public VisitorHasher HasherOf(EventStamp stamp) => new(salts, stamp);

    /// <summary>Makes an event of a valid request.</summary>
    /// <param name="request">The event as the client sent it, already validated.</param>
    /// <param name="eventId">The id that it is remembered by.</param>
    /// <param name="stamp">When and from where it came.</param>
    /// <param name="hasher">Tells visitors of this HTTP request apart.</param>
    /// <param name="userAgent">The User-Agent of the HTTP request.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async ValueTask<AcceptedSiteEvent> ComposeAsync(
        SiteEventRequest request, string eventId, EventStamp stamp, VisitorHasher hasher, string? userAgent,
        CancellationToken cancellationToken)
    {
        var (agent, at) = (request.UserAgent ?? userAgent, TickTime.Of(request.Timestamp ?? stamp.ReceivedAt));
        var address = request.Address is { } given ? ClientAddress.Record(IPAddress.Parse(given), options.Value.Address) : null;
        long? visitor = request.User is null && options.Value.CountAnonymous
            ? await hasher.HashAsync(at, request.Site!, request.Address is null ? stamp.Address : address, agent, cancellationToken)
            : null;
        return new AcceptedSiteEvent(
            request.Site!,
            new SiteEvent(at, request.Type!, request.Path!, eventId)
            {
                User = request.User,
                Visitor = visitor,
                IsBot = KnownBots.Has(agent),
                Referrer = request.Referrer,
                Utm = PathTags.Complete(request.Utm, request.Path!),
                Properties = request.Properties,
                Address = address,
            });
    }

    /// <summary>Completes when all events are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="events">Valid ones; what became of each is set.</param>
    /// <param name="stamp">When and from where they came.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public Task AcceptAsync(
        string tenant, IReadOnlyList<AcceptedSiteEvent> events, EventStamp stamp, TimeSpan? wait, CancellationToken cancellationToken) =>
        carrier.CarryAsync(
            tenant,
            events,
            new CarrySteps<AcceptedSiteEvent, SiteEventsReceived>(
                Room,
                each => each.Site,
                some => new SiteEventsReceived(some[0].Site, [.. some.Select(each => each.Event)], stamp),
                message => message.Site,
                (some, stop) => store.FindSourcesAsync(tenant, [.. some.Select(each => (each.Site, each.Key))], stop))
            {
                SizeOf = each => each.Size,
            },
            wait,
            cancellationToken);
}
