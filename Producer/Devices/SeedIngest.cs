using System.Buffers;
using Contracts.Storage;
using Infrastructure.Devices;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>
/// POST /ingest: readings of one device, in the shape of the first device service ("seed"). It waits until they are stored.
/// </summary>
internal static class SeedIngest
{
    /// <summary>
    /// Maximum length of a header with several tracking ids, in characters: half of the 8 KB that common proxies allow all headers.
    /// </summary>
    private const int MaxTrackingLength = 4_096;

    public static void MapSeedIngest(this IEndpointRouteBuilder app) => app.MapPost("/ingest", HandleAsync)
        .WithName("seedIngest")
        .WithSummary("Send readings of a device (compatibility)")
        .WithDescription(
            "The first device service's route. 202 when all readings are stored, 207 when any is refused, with the results in "
            + "order: a second "
            + "reading of an instant is a 409 and changes nothing, what is not valid a 422. It responds when they can be read. "
            + "`X-Tracking-Id` has one id for each reading that is not a 422, in order, separated by commas; ids beyond 4 KB are left out.")
        .Accepts<SeedIngestRequest>("application/json", SeedBody.AnyType)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BatchBody.MaxBytes))
        .Produces<SeedIngestAnswer>(StatusCodes.Status202Accepted)
        .Produces<SeedIngestAnswer>(StatusCodes.Status207MultiStatus)
        .Produces<SeedDeviceError>(StatusCodes.Status400BadRequest)
        .Produces<SeedDeviceError>(StatusCodes.Status413PayloadTooLarge)
        .Produces<SeedDeviceError>(StatusCodes.Status415UnsupportedMediaType)
        .Produces<SeedDeviceError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedDeviceError>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        HttpContext context, DeviceIntake intake, SeedReadingsValidator validator, SeedReadingValidator rules, IStoreClock clock,
        IOptions<DeviceOptions> options, CancellationToken cancellationToken)
    {
        var http = context.Request;
        if (!JsonBody.IsAccepted(http))
        {
            return SeedDeviceError.Answer(StatusCodes.Status415UnsupportedMediaType, "Send application/json.");
        }

        var body = await JsonBody.ReadAsync(http, cancellationToken);
        SeedReadings request;
        try
        {
            if (body.Length == 0)
            {
                return SeedDeviceError.Answer(StatusCodes.Status400BadRequest, "Request body is required");
            }

            var errors = new FieldErrors();
            request = SeedReadings.Read(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), errors);
            validator.Validate(request, errors);
            if (errors.Any)
            {
                // What is no JSON at all may lack anything.
                var (field, reasons) = errors.ToDictionary().MinBy(error => error.Key == "$" ? 0 : 1);
                return SeedDeviceError.Answer(StatusCodes.Status400BadRequest, $"{(field == "$" ? "Request body" : field)} {reasons[0]}");
            }
        }
        finally
        {
            http.BodyReader.AdvanceTo(body.End);
        }

        var accepted = new AcceptedReading?[request.Readings!.Count];
        for (var i = 0; i < accepted.Length; i++)
        {
            var reading = request.Readings[i];
            if (!reading.Errors.Has("$"))
            {
                rules.Validate(reading, reading.Errors);
            }

            accepted[i] = reading.Errors.Any ? null : new AcceptedReading(request.Id!, reading.At!.Value, reading.Count!.Value);
        }

        var tenant = context.Tenant();
        var stamp = EventStamps.Of(context, clock, options.Value.Address);
        List<AcceptedReading> valid = [.. accepted.OfType<AcceptedReading>()];
        await intake.AcceptAsync(tenant, valid, stamp, PreferWait.Apply(context) ?? options.Value.Deadline, cancellationToken);
        SetTrackingIds(context.Response, tenant, valid);
        if (valid.Exists(reading => reading is { Accepted.Rejected: null, State: EventState.Queued }))
        {
            // They are durable and will be stored: only whether they were the first of their instants cannot be said yet.
            context.Response.Headers.RetryAfter = Problems.RetryAfterSeconds;
            return SeedDeviceError.Answer(
                StatusCodes.Status503ServiceUnavailable,
                "The readings are accepted but could not be stored yet. Sending them again is safe; X-Tracking-Id tells what "
                + "became of them.");
        }

        return new SeedResults(request, accepted);
    }

    /// <summary>
    /// One id a reading that is not refused, in order: the seed's answer has no room for them. Only the first ones of many, since clients
    /// and proxies bound what headers may hold.
    /// </summary>
    private static void SetTrackingIds(HttpResponse response, string tenant, List<AcceptedReading> valid)
    {
        var length = 0;
        string[] ids = [.. valid.Select(reading => reading.TrackingOf(tenant).ToString())
            .TakeWhile(id => (length += id.Length + 2) <= MaxTrackingLength || length == id.Length + 2)];
        if (ids.Length > 0)
        {
            response.Headers[EventAnswers.TrackingHeader] = string.Join(", ", ids);
        }
    }
}
