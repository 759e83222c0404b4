using Contracts.Common;
using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>POST /devices/readings: accepts readings of any devices.</summary>
internal static class PostReadings
{
    private const string Gone = "Its instant has been purged, or its device erased, since it was accepted.";

    public static void MapPostReadings(this IEndpointRouteBuilder devices) => devices.MapPost("/readings", HandleAsync)
        .WithQuery()
        .WithName("postReadings")
        .WithSummary("Send readings")
        .WithDescription(
            "One reading, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 readings or 10 MB, gzip and br "
            + "accepted. CloudEvents 1.0 are accepted structured, in batches and binary; their `subject` and `time` stand in for a missing "
            + "`device` and `timestamp`. A device's reading of an instant counts once and for ever: the first one wins, and a "
            + "repetition is "
            + "marked as a duplicate. Many are answered 201 or 202 if all were accepted, 207 if some were refused, 400 if all were, always "
            + "with one result per reading, in order.")
        .Accepts<ReadingRequest>("application/json", BatchBody.Ndjson, CloudEvents.Structured, CloudEvents.Batch)
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
        HttpContext context, DeviceIntake intake, ReadingRequestValidator validator, IStoreClock clock, IOptions<DeviceOptions> options,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var key = EventIds.ReadKey(context.Request, errors);
        if (await EventRequest.ReadAsync(context, "readings", errors, cancellationToken) is not { } request)
        {
            return EventRequest.Unsupported();
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var stamp = EventStamps.Of(context, clock, options.Value.Address);
        var accepted = new AcceptedReading?[request.Items.Count];
        string? device = null;
        for (var i = 0; i < accepted.Length; i++)
        {
            var item = request.Items[i];
            if (Read(item, device) is { } reading)
            {
                validator.Validate(reading, item.Errors);
                item.EventId = reading.EventId;
                device = reading.Device;
                if (!item.Errors.Any)
                {
                    EventIds.Assign(item, key, request.IsSingle ? null : i, stamp.ReceivedAt);
                    accepted[i] = new AcceptedReading(reading.Device!, reading.Timestamp!.Value, reading.Count!.Value);
                }
            }
        }

        var tenant = context.Tenant();
        await intake.AcceptAsync(tenant, [.. accepted.OfType<AcceptedReading>()], stamp, PreferWait.Apply(context), cancellationToken);
        for (var i = 0; i < accepted.Length; i++)
        {
            request.Items[i].Outcome = accepted[i] is { } reading ? Tell(tenant, reading, request.IsSingle) : null;
        }

        return EventAnswers.Of(context, request);
    }

    private static ReadingRequest? Read(EventItem item, string? known)
    {
        if (item.Errors.Any)
        {
            return null;
        }

        var reading = ReadingReader.Read(item.Json.Span, known, item.Errors);
        if (reading is null || item.Envelope is not { } envelope)
        {
            return reading;
        }

        if (reading.Timestamp is null && envelope.Time is { } time && !item.Errors.Has("timestamp"))
        {
            if (EventInstant.Read(time, out var at) is { } problem)
            {
                item.Errors.Add("timestamp", problem);
            }
            else
            {
                reading.Timestamp = at;
            }
        }

        reading.Device ??= item.Errors.Has("device") ? null : envelope.Subject;
        return reading;
    }

    private static EventOutcome Tell(string tenant, AcceptedReading reading, bool isSingle)
    {
        var tracking = reading.Tracking(tenant).ToString();
        if (reading.Accepted!.Rejected is { } rejected)
        {
            return EventOutcome.DeadLettered(tracking, rejected.Reason, rejected.DeadLetter);
        }

        // An address for each of ten thousand would be most of the answer.
        var location = isSingle ? DeviceRoutes.OfReading(reading.Device, reading.At) : null;
        return reading.State switch
        {
            ReadingState.Queued => EventOutcome.Queued(tracking, location),
            ReadingState.Recorded => EventOutcome.Applied(tracking, location),
            ReadingState.Duplicate => EventOutcome.Duplicate(
                tracking, location, "The device has a reading of this instant, which stays as it is."),
            _ => EventOutcome.Refused(tracking, Gone),
        };
    }
}
