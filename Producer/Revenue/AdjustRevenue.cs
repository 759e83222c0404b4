using System.Text.Json;
using Contracts.Access;
using Contracts.Common;
using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>POST /revenue/adjustments: corrects events, or takes them back, by linked adjustments.</summary>
internal static class AdjustRevenue
{
    private static readonly EventReasons Reasons = new(
        Duplicate: "The user has an entry of this id, which stays as it is.",
        Dropped: "The user has no event of the id `original`: there was none before it, or it has been purged or erased.");

    public static void MapAdjustRevenue(this IEndpointRouteBuilder revenue) => revenue.MapPost("/adjustments", HandleAsync)
        .Needs(KeyVerb.Control)
        .WithName("adjustRevenue")
        .WithSummary("Correct revenue events")
        .WithDescription(
            "An event stays as it is; an adjustment linked to it adds `delta`, of any sign and in the event's currency, to the balance. It "
            + "counts at its own instant, so that sums of former periods stay as they were reported. In the forms that events have: one, "
            + "an array, lines, CloudEvents. An `eventId` or `Idempotency-Key` makes repeating it safe. An adjustment of an event that was "
            + "not accepted before it has no effect (422; `rejected` of a tracking id).")
        .AcceptsEvents<RevenueAdjustmentRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, EventCarrier<AcceptedRevenueAdjustment, RevenueAdjusted> carrier, IRevenueStore store,
        RevenueAdjustmentRequestValidator validator, IStoreClock clock, IOptions<RevenueOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<RevenueAdjustmentRequest>("adjustments", ReadItem, validator, request => request.EventId);
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(new AcceptedRevenueAdjustment(new RevenueAdjusted(
                each.Request.User!, each.Request.Original!, each.EventId, each.Request.Delta!.Value,
                TickTime.Of(each.Request.Timestamp ?? stamp.ReceivedAt), stamp, each.Request.Reason))),
            (adjustments, wait) =>
            {
                Audited.NoteAdded(context, adjustments.Select(each => each.Message), RevenueMessages.Adjusted.Json);
                return carrier.CarryAsync(tenant, adjustments, StepsOf(tenant, store), wait, cancellationToken);
            },
            Reasons,
            cancellationToken);
    }

    private static RevenueAdjustmentRequest? ReadItem(EventItem item)
    {
        if (EventFields.ReadObject(item, RevenueAdjustmentRequest.From) is not { } request)
        {
            return null;
        }

        request.Timestamp = EventFields.TimestampOr(request.Timestamp, item);
        request.User = EventFields.SubjectOr(request.User, "user", item);
        return request;
    }

    /// <summary>
    /// A message for each adjustment. Whether its original is there is the store's to say when the message is applied: the log keeps a
    /// user's messages in order, so that what is accepted and not stored yet can be adjusted, too.
    /// </summary>
    public static CarrySteps<AcceptedRevenueAdjustment, RevenueAdjusted> StepsOf(string tenant, IRevenueStore store) => new(
        new MessageRoom(MaxEvents: 1),
        each => each.Message.User,
        some => some[0].Message,
        RevenueTracker.KeyOf,
        (some, stop) => store.FindSourcesAsync(tenant, [.. some.Select(each => (each.Message.User, each.Message.EventId))], stop));
}

/// <summary>A valid adjustment on its way.</summary>
internal sealed class AcceptedRevenueAdjustment(RevenueAdjusted message) : CarriedEvent
{
    public RevenueAdjusted Message => message;

    public override string Location => RevenueRoutes.OfEntry(message.User, message.At);
}

/// <summary>A correction of an event.</summary>
internal sealed class RevenueAdjustmentRequest
{
    private const string Known = "user, original, delta, reason, timestamp, eventId";

    /// <summary>The user's id.</summary>
    public string? User { get; set; }

    /// <summary>The id of the event that it corrects.</summary>
    public string? Original { get; set; }

    /// <summary>What to add to the balance, of any sign, in the event's currency; a number, or a text with one.</summary>
    public Amount? Delta { get; set; }

    /// <summary>Why, for people, up to 1,000 characters.</summary>
    public string? Reason { get; set; }

    /// <summary>When it occurred, where it counts. Default: now.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The client's own id, unique for the user, up to 255 characters. Default: one that the service gives.</summary>
    public string? EventId { get; set; }

    public static RevenueAdjustmentRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new RevenueAdjustmentRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "user": request.User = Read.Text(field.Value, "user", errors); break;
                case "original": request.Original = Read.Text(field.Value, "original", errors); break;
                case "delta": request.Delta = RevenueRules.ReadAmount(field.Value, "delta", errors); break;
                case "reason": request.Reason = Read.Text(field.Value, "reason", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "eventId": request.EventId = Read.Text(field.Value, "eventId", errors); break;
                default: errors.Add(field.Name, $"is not a known field; known are {Known}"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a correction.</summary>
internal sealed class RevenueAdjustmentRequestValidator : FieldValidator<RevenueAdjustmentRequest>
{
    public RevenueAdjustmentRequestValidator(IStoreClock clock, IOptions<RevenueOptions> options)
    {
        Check(request => request.User, RevenueRules.UserProblem);
        Check(request => request.Original, id => id is null ? "is required" : EventRules.TextProblem(id, 1, EventIds.MaxLength));
        Check(request => request.Delta, delta => delta is null ? "is required" : null);
        Check(request => request.Reason, reason => EventRules.TextProblem(reason, 1, RevenueEvent.MaxReasonLength));
        Check(request => request.Timestamp, at => RevenueRules.TimestampProblem(at, clock, options));
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
    }
}
