using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>POST /devices/readings: accepts readings of any devices.</summary>
internal static class PostReadings
{
    private static readonly EventReasons Reasons = new(
        Duplicate: "The device has a reading of this instant, which stays as it is.",
        Dropped: "Its instant has been purged, or its device erased, since it was accepted.");

    public static void MapPostReadings(this IEndpointRouteBuilder devices) => devices.MapPost("/readings", HandleAsync)
        .WithName("postReadings")
        .WithSummary("Send readings")
        .WithDescription(
            "One reading, a JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 readings or 10 MB, gzip and br "
            + "accepted. CloudEvents 1.0 are accepted structured, in batches and binary; their `subject` and `time` stand in for a missing "
            + "`device` and `timestamp`. A device's reading of an instant counts once and for ever: the first one wins, and a "
            + "repetition is "
            + "marked as a duplicate. A request with several is answered 201 or 202 if all were accepted, 207 if some were refused, 400 if "
            + "all were, always with one result per reading, in order.")
        .AcceptsEvents<ReadingRequest>();

    private static Task<IResult> HandleAsync(
        HttpContext context, DeviceIntake intake, ReadingRequestValidator validator, IStoreClock clock, IOptions<DeviceOptions> options,
        CancellationToken cancellationToken)
    {
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        string? device = null;
        var events = new EventIntake<ReadingRequest>(
            "readings",
            item =>
            {
                var read = Read(item, device);
                device = read?.Device ?? device;
                return read;
            },
            validator,
            reading => reading.EventId);
        return events.AnswerAsync(
            context,
            stamp.ReceivedAt,
            each => ValueTask.FromResult(new AcceptedReading(
                each.Request.Device!, each.Request.Timestamp!.Value, each.Request.Count!.Value)),
            (readings, wait) => intake.AcceptAsync(tenant, readings, stamp, wait, cancellationToken),
            Reasons,
            cancellationToken);
    }

    private static ReadingRequest? Read(EventItem item, string? known)
    {
        var reading = ReadingReader.Read(item.Json.Span, known, item.Errors);
        if (reading is not null)
        {
            reading.Timestamp = EventFields.TimestampOr(reading.Timestamp, item);
            reading.Device = EventFields.SubjectOr(reading.Device, "device", item);
        }

        return reading;
    }
}
