using System.Text.Json;
using Contracts.Access;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>POST /devices/adjustments: corrects wrong readings by linked adjustments.</summary>
internal static class AdjustReadings
{
    private static readonly EventReasons Reasons = new(
        Duplicate: "The reading has an adjustment of this id, which stays as it is.",
        Dropped: "The device has no reading of this instant: there was none before it, or it has been purged or erased.");

    public static void MapAdjustReadings(this IEndpointRouteBuilder devices) => devices.MapPost("/adjustments", HandleAsync)
        .Needs(KeyVerb.Control)
        .WithName("adjustReadings")
        .WithSummary("Correct readings")
        .WithDescription(
            "A reading stays as it is; an adjustment linked to it adds `delta` to its count and to the totals. In the forms "
            + "that readings have: "
            + "one, an array, lines, CloudEvents. An `eventId` or `Idempotency-Key` makes repeating it safe. An adjustment of a reading "
            + "that was not accepted before it has no effect (422; `rejected` of a tracking id).")
        .AcceptsEvents<AdjustmentRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, EventCarrier<AcceptedAdjustment, ReadingAdjusted> carrier, IDeviceStore store,
        AdjustmentRequestValidator validator, IStoreClock clock, IOptions<DeviceOptions> options, CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var events = new EventIntake<AdjustmentRequest>(
            "adjustments", item => EventFields.ReadObject(item, AdjustmentRequest.From), validator, request => request.EventId);
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(new AcceptedAdjustment(new ReadingAdjusted(
                each.Request.Device!, TickTime.Of(each.Request.Timestamp!.Value), each.Request.Delta!.Value, each.EventId, stamp,
                each.Request.Reason))),
            (adjustments, wait) =>
            {
                Audited.NoteAdded(context, adjustments.Select(each => each.Message), DeviceMessages.Adjusted.Json);
                return carrier.CarryAsync(tenant, adjustments, StepsOf(tenant, store), wait, cancellationToken);
            },
            Reasons,
            cancellationToken);
    }

    /// <summary>
    /// A message for each adjustment. Whether its reading is there is the store's to say when the message is applied: the log keeps a
    /// device's messages in order, so that of a reading that is accepted and not stored yet can be adjusted, too.
    /// </summary>
    private static CarrySteps<AcceptedAdjustment, ReadingAdjusted> StepsOf(string tenant, IDeviceStore store) => new(
        new MessageRoom(MaxEvents: 1),
        each => each.Message.Device,
        some => some[0].Message,
        DeviceTracker.KeyOf,
        async (some, stop) =>
        {
            var sources = new List<EventSource?>(some.Count);
            foreach (var each in some)
            {
                var message = each.Message;
                sources.Add(await store.FindAdjustmentAsync(tenant, message.Device, message.At, message.EventId, stop));
            }

            return sources;
        });

    /// <summary>A valid adjustment on its way.</summary>
    internal sealed class AcceptedAdjustment(ReadingAdjusted message) : CarriedEvent
    {
        public ReadingAdjusted Message => message;

        public override string Location => DeviceRoutes.OfReading(message.Device, message.At);
    }
}

/// <summary>A correction of a reading.</summary>
internal sealed class AdjustmentRequest
{
    /// <summary>The device's id.</summary>
    public string? Device { get; set; }

    /// <summary>The reading's instant.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>What to add to its count, a 64-bit integer.</summary>
    public long? Delta { get; set; }

    /// <summary>The client's own id of this correction, up to 255 characters. Default: one that the service gives.</summary>
    public string? EventId { get; set; }

    /// <summary>Why, for people, up to 1,000 characters.</summary>
    public string? Reason { get; set; }

    public static AdjustmentRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new AdjustmentRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "device": request.Device = Http.Read.Text(field.Value, "device", errors); break;
                case "timestamp": request.Timestamp = EventFields.Timestamp(field.Value, errors); break;
                case "delta":
                    request.Delta = field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDecimal(out var exact)
                        && Http.Read.TryWhole(exact, out var delta) ? delta : null;
                    if (request.Delta is null && field.Value.ValueKind != JsonValueKind.Null)
                    {
                        errors.Add("delta", "must be a 64-bit integer");
                    }

                    break;
                case "eventId": request.EventId = Http.Read.Text(field.Value, "eventId", errors); break;
                case "reason": request.Reason = Http.Read.Text(field.Value, "reason", errors); break;
                default: errors.Add(field.Name, "is not a known field; known are device, timestamp, delta, eventId, reason"); break;
            }
        }

        return request;
    }
}

/// <summary>The rules for a correction.</summary>
internal sealed class AdjustmentRequestValidator : FieldValidator<AdjustmentRequest>
{
    public AdjustmentRequestValidator()
    {
        Check(request => request.Device, DeviceRules.IdProblem);
        Check(request => request.Timestamp, at => at is null ? "is required" : null);
        Check(request => request.Delta, delta => delta is null ? "is required" : null);
        Check(request => request.EventId, id => EventRules.TextProblem(id, 1, EventIds.MaxLength));
        Check(request => request.Reason, reason => EventRules.TextProblem(reason, 1, DeviceRules.MaxReasonLength));
    }
}
