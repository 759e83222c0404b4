using Contracts.Storage;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>POST /sites/events: accepts events of any sites.</summary>
internal static class PostSiteEvents
{
    public const string Twice = "The site has an event of this id, which stays as it is.";
    public const string Gone = "Its day has been purged, or its visitor erased, since it was accepted.";

    public static void MapPostSiteEvents(this IEndpointRouteBuilder sites) => sites.MapPost("/events", HandleAsync)
        .WithName("postSiteEvents")
        .WithSummary("Send events of sites")
        .WithDescription(
            "One event, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 events or 10 MB, gzip and br "
            + "accepted. CloudEvents 1.0 are accepted structured, in batches and binary; their `subject` and `time` stand in for a missing "
            + "`site` and `timestamp`. An event counts once for its `eventId`, which an `Idempotency-Key` can stand for: the first one "
            + "wins, and a repetition is marked as a duplicate. Many are answered 201 or 202 if all were accepted, 207 if some were "
            + "refused, 400 if all were, always with one result per event, in order.")
        .AcceptsEvents<SiteEventRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, SiteIntake intake, SiteEventRequestValidator validator, IStoreClock clock, IOptions<SiteOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<SiteEventRequest>("events", ReadItem, validator, request => request.EventId);
        return events.AnswerAsync(context, stamp.ReceivedAt, AcceptAsync, cancellationToken);

        async Task AcceptAsync(IReadOnlyList<ValidEvent<SiteEventRequest>> valid, bool isSingle)
        {
            var (agent, hasher) = (AgentOf(context.Request), intake.HasherOf(stamp));
            var accepted = new List<AcceptedSiteEvent>(valid.Count);
            foreach (var each in valid)
            {
                accepted.Add(await intake.ComposeAsync(each.Request, each.EventId, stamp, hasher, agent, cancellationToken));
            }

            await intake.AcceptAsync(tenant, accepted, stamp, PreferWait.Apply(context), cancellationToken);
            for (var i = 0; i < accepted.Count; i++)
            {
                // An address for each of ten thousand would be most of the answer.
                var location = isSingle ? SiteRoutes.OfStats(accepted[i].Site, accepted[i].Event.At) : null;
                valid[i].Item.Outcome = accepted[i].Tell(accepted[i].Tracking(tenant).ToString(), location, Twice, Gone);
            }
        }
    }

    /// <summary>How the client names itself; null if it does not.</summary>
    public static string? AgentOf(HttpRequest request) =>
        request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;

    private static SiteEventRequest? ReadItem(EventItem item)
    {
        using var document = JsonBody.ParseObject(new System.Buffers.ReadOnlySequence<byte>(item.Json), item.Errors);
        if (document is null)
        {
            return null;
        }

        var request = SiteEventRequest.From(document.RootElement, item.Errors);
        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        request.Site = EventFields.SubjectOr(request.Site, "site", item);
        return request;
    }
}
