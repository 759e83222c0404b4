using Contracts.Storage;
using Infrastructure.Access;
using Infrastructure.Hosting;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>POST /sites/events: accepts events of any sites.</summary>
internal static class PostSiteEvents
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "The site has an event of this id, which stays as it is.",
        Dropped: "Its day has been purged, or its visitor erased, since it was accepted.");

    /// <summary>What a publishable key may not do.</summary>
    public const string OtherSite = "must be the site that the key is for";

    public static void MapPostSiteEvents(this IEndpointRouteBuilder sites) => sites.MapPost("/events", HandleAsync)
        .WithName("postSiteEvents")
        .WithSummary("Send events of sites")
        .WithDescription(
            "One event, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 events or 10 MB, gzip and br "
            + "accepted. CloudEvents 1.0 are accepted structured, in batches and binary; their `subject` and `time` stand in for a missing "
            + "`site` and `timestamp`. An event counts once for its `eventId`, which an `Idempotency-Key` can stand for: the first one "
            + "wins, and a repetition is marked as a duplicate. A request with several is answered 201 or 202 if all were accepted, "
            + "207 if some were refused, 400 if all were, always with one result per event, in order.")
        .WithMetadata(new PublishableRoute())
        .AcceptsEvents<SiteEventRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, SiteIntake intake, SiteEventRequestValidator validator, IStoreClock clock, IOptions<SiteOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var only = Caller.Of(context)?.Site;
        var events = new EventIntake<SiteEventRequest>("events", item => ReadItem(item, only), validator, request => request.EventId);
        var (agent, hasher) = (AgentOf(context.Request), intake.HasherOf(stamp));
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => intake.ComposeAsync(each.Request, each.EventId, stamp, hasher, agent, cancellationToken),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, stamp, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    /// <summary>How the client names itself; null if it does not.</summary>
    public static string? AgentOf(HttpRequest request) =>
        request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;

    /// <param name="item">The event.</param>
    /// <param name="only">The only site that a publishable key is for; null for any.</param>
    private static SiteEventRequest? ReadItem(EventItem item, string? only)
    {
        if (EventFields.ReadObject(item, SiteEventRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        request.Site = EventFields.SubjectOr(request.Site, "site", item) ?? only;
        if (only is not null && request.Site != only)
        {
            item.Errors.Add("site", OtherSite);
        }

        if (only is not null && request.Address is not null)
        {
            item.Errors.Add("address", "is for servers: of a page's events it is the sender's");
        }

        return request;
    }
}
