using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>POST /revenue/events: accepts events of any users.</summary>
internal static class PostRevenueEvents
{
    public static readonly EventReasons Reasons = new(
        Duplicate: "The user has an entry of this id, which stays as it is.",
        Dropped: "Its day has been purged, or its user erased, since it was accepted.");

    public static void MapPostRevenueEvents(this IEndpointRouteBuilder revenue) => revenue.MapPost("/events", HandleAsync)
        .WithName("postRevenueEvents")
        .WithSummary("Send revenue events")
        .WithDescription(
            "One event, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 events or 10 MB, gzip and br "
            + "accepted. CloudEvents 1.0 are accepted structured, in batches and binary; their `subject` and `time` stand in for a missing "
            + "`user` and `timestamp`. Amounts are exact, numbers and texts alike; what has more digits than are kept is refused and never "
            + "rounded. An event counts once for its user and `eventId`, which an `Idempotency-Key` can stand for: the first one wins, and "
            + "a repetition is marked as a duplicate. A request with several is answered 201 or 202 if all were accepted, 207 if some were "
            + "refused, 400 if all were, always with one result per event, in order.")
        .AcceptsEvents<RevenueEventRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, RevenueIntake intake, EventTypes types, RevenueEventRequestValidator validator, IStoreClock clock,
        IOptions<RevenueOptions> options, CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<RevenueEventRequest>("events", ReadItem, validator, request => request.EventId)
        {
            PrepareAsync = requests => types.ResolveAsync(tenant, requests, cancellationToken),
        };
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(intake.Compose(each.Request, each.EventId, stamp)),
            (accepted, wait) => intake.AcceptAsync(tenant, accepted, stamp, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static RevenueEventRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, RevenueEventRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        request.User = EventFields.SubjectOr(request.User, "user", item);
        return request;
    }
}
