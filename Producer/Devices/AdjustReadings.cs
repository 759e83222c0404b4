using System.Text.Json;
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
    public static void MapAdjustReadings(this IEndpointRouteBuilder devices) => devices.MapPost("/adjustments", HandleAsync)
        .WithQuery()
        .WithName("adjustReadings")
        .WithSummary("Correct readings")
        .WithDescription(
            "A reading stays as it is; an adjustment linked to it adds `delta` to its count and to the totals. In the forms "
            + "that readings have: "
            + "one, an array, lines, CloudEvents. An `eventId` or `Idempotency-Key` makes repeating it safe. An adjustment of a reading "
            + "that is not stored is refused.")
        .Accepts<AdjustmentRequest>("application/json", BatchBody.Ndjson, CloudEvents.Structured, CloudEvents.Batch)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BatchBody.MaxBytes))
        .Produces<EventResult>()
        .Produces<EventBatchResource>(StatusCodes.Status201Created)
        .Produces<EventBatchResource>(StatusCodes.Status202Accepted)
        .Produces<EventBatchResource>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status500InternalServerError);

    private static async Task<IResult> HandleAsync(
        HttpContext context, EventAcceptance<ReadingAdjusted> acceptance, IDeviceStore store, AdjustmentRequestValidator validator,
        IStoreClock clock, IOptions<DeviceOptions> options, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var key = EventIds.ReadKey(context.Request, errors);
        if (await EventRequest.ReadAsync(context, "adjustments", errors, cancellationToken) is not { } request)
        {
            return EventRequest.Unsupported();
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var stamp = EventStamps.Of(context, clock, options.Value.Address);
        var messages = new List<(EventItem Item, ReadingAdjusted Message)>();
        for (var i = 0; i < request.Items.Count; i++)
        {
            var item = request.Items[i];
            if (Read(item, validator) is { } read)
            {
                item.EventId = read.EventId;
                var id = EventIds.Assign(item, key, request.IsSingle ? null : i, stamp.ReceivedAt);
                messages.Add((item, new ReadingAdjusted(
                    read.Device!, TickTime.Of(read.Timestamp!.Value), read.Delta!.Value, id, stamp, read.Reason)));
            }
        }

        var tenant = context.Tenant();
        await AcceptAsync(tenant, messages, acceptance, store, PreferWait.Apply(context), cancellationToken);
        return EventAnswers.Of(context, request);
    }

    private static AdjustmentRequest? Read(EventItem item, AdjustmentRequestValidator validator)
    {
        if (item.Errors.Any)
        {
            return null;
        }

        using var document = JsonBody.ParseObject(new System.Buffers.ReadOnlySequence<byte>(item.Json), item.Errors);
        if (document is null)
        {
            return null;
        }

        var request = AdjustmentRequest.From(document.RootElement, item.Errors);
        validator.Validate(request, item.Errors);
        return item.Errors.Any ? null : request;
    }

    private static async Task AcceptAsync(
        string tenant, List<(EventItem Item, ReadingAdjusted Message)> adjustments, EventAcceptance<ReadingAdjusted> acceptance,
        IDeviceStore store, TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (adjustments.Count == 0)
        {
            return;
        }

        // What is adjusted was answered as stored before, and the log keeps the device's messages in order.
        var readings = await store.FindSourcesAsync(
            tenant, adjustments.ConvertAll(each => (each.Message.Device, each.Message.At)), cancellationToken);
        var known = adjustments.Where((_, index) => readings[index] is not null).ToList();
        foreach (var (item, _) in adjustments.Where((_, index) => readings[index] is null))
        {
            item.Outcome = EventOutcome.Refused(null, "The device has no reading of this instant.");
        }

        if (known.Count == 0)
        {
            return;
        }

        var accepted = await acceptance.AcceptAsync(
            tenant, known.ConvertAll(each => each.Message), DeviceTracker.KeyOf, wait, cancellationToken);
        for (var i = 0; i < accepted.Count; i++)
        {
            var (item, message) = known[i];
            item.Outcome = await TellAsync(tenant, store, message, accepted[i], cancellationToken);
        }
    }

    private static async Task<EventOutcome> TellAsync(
        string tenant, IDeviceStore store, ReadingAdjusted message, AcceptedEvent accepted, CancellationToken cancellationToken)
    {
        var (tracking, location) = (accepted.Tracking.ToString(), DeviceRoutes.OfReading(message.Device, message.At));
        if (accepted.Rejected is { } rejected)
        {
            return EventOutcome.DeadLettered(tracking, rejected.Reason, rejected.DeadLetter);
        }

        if (!accepted.IsApplied)
        {
            return EventOutcome.Queued(tracking, location);
        }

        return await store.FindAdjustmentAsync(tenant, message.Device, message.At, message.EventId, cancellationToken) switch
        {
            null => EventOutcome.Refused(tracking, "Its reading has been purged, or its device erased, since it was accepted."),
            { } source when source == new EventSource(accepted.Tracking.Position, 0) => EventOutcome.Applied(tracking, location),
            _ => EventOutcome.Duplicate(tracking, location, "The reading has an adjustment of this id, which stays as it is."),
        };
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
                case "timestamp": request.Timestamp = ReadTimestamp(field.Value, errors); break;
                case "delta":
                    request.Delta = field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt64(out var delta) ? delta : null;
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

    private static DateTimeOffset? ReadTimestamp(JsonElement value, FieldErrors errors)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Http.Read.Text(value, "timestamp", errors);
        if (text is null || errors.Has("timestamp"))
        {
            return null;
        }

        if (EventInstant.Read(text, value.ValueKind == JsonValueKind.Number, out var at) is not { } problem)
        {
            return at;
        }

        errors.Add("timestamp", problem);
        return null;
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
