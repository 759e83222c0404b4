using System.Text.Json;
using Contracts.Storage;
using Infrastructure.Access;
using Infrastructure.Hosting;
using Infrastructure.Sites;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>POST /event: one event, in the shape of the first site service ("seed").</summary>
internal static class SeedEvent
{
    private const int MaxRequestBytes = 64 * 1024;

    public static void MapSeedEvent(this IEndpointRouteBuilder app) => app.MapPost("/event", HandleAsync)
        .WithName("seedPostEvent")
        .WithSummary("Send an event of a site (compatibility)")
        .WithDescription(
            "The first site service's route. 202 when the event is durable, whether or not it is counted yet; `X-Tracking-Id` tells "
            + "what became of it. An `Idempotency-Key` makes repeating it safe. A missing timestamp is now.")
        .WithMetadata(new PublishableRoute())
        .Accepts<SeedEventRequest>("application/json", SeedBody.AnyType)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<SeedEventAnswer>(StatusCodes.Status202Accepted)
        .Produces<SeedEventErrors>(StatusCodes.Status400BadRequest)
        .Produces<SeedSiteError>(StatusCodes.Status413PayloadTooLarge)
        .Produces<SeedSiteError>(StatusCodes.Status415UnsupportedMediaType)
        .Produces<SeedSiteError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedSiteError>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        HttpContext context, SiteIntake intake, SeedEventValidator validator, IStoreClock clock, IOptions<SiteOptions> options,
        CancellationToken cancellationToken)
    {
        var http = context.Request;
        if (!JsonBody.IsAccepted(http))
        {
            return SeedSiteError.Answer(StatusCodes.Status415UnsupportedMediaType, "Send application/json.");
        }

        var errors = new FieldErrors();
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var request = await SeedBody.ReadAsync(http, errors, json => Read(json, options.Value, errors), cancellationToken);
        if (request is not null)
        {
            validator.Validate(request, errors);
            if (Caller.Of(context)?.Site is { } only && request.Site != only)
            {
                errors.Add("site_id", PostSiteEvents.OtherSite);
            }
        }

        var key = EventIds.ReadKey(http, errors);
        if (request is null || errors.Any)
        {
            return new JsonAnswer<SeedEventErrors>(
                SeedEventErrors.Of(errors), SiteResourcesJson.Http.SeedEventErrors, StatusCodes.Status400BadRequest);
        }

        var id = key ?? Guid.CreateVersion7(stamp.ReceivedAt).ToString("D");
        var accepted = await intake.ComposeAsync(
            request, id, stamp, intake.HasherOf(stamp), PostSiteEvents.AgentOf(http), cancellationToken);
        await intake.AcceptAsync(tenant, [accepted], stamp, PreferWait.Apply(context), cancellationToken);
        context.Response.Headers[EventAnswers.TrackingHeader] = accepted.TrackingOf(tenant).ToString();
        return accepted.Accepted!.Rejected is { } rejected
            ? SeedSiteError.Answer(StatusCodes.Status500InternalServerError, rejected.Reason)
            : new JsonAnswer<SeedEventAnswer>(
                SeedEventAnswer.Queued, SiteResourcesJson.Http.SeedEventAnswer, StatusCodes.Status202Accepted);
    }

    private static SiteEventRequest Read(JsonElement json, SiteOptions options, FieldErrors errors)
    {
        var request = new SiteEventRequest
        {
            Site = Text("site_id"),
            Type = Text("event_type"),
            Path = Text("path"),
            User = Text("user_id"),
        };
        if (json.TryGetProperty("timestamp", out var timestamp))
        {
            if (SeedInstant.TryRead(timestamp, options.FindZone(), out var at))
            {
                request.Timestamp = at;
            }
            else
            {
                errors.Add("timestamp", "must be a valid ISO date string");
            }
        }

        return request;

        // The seed took an empty text for a missing one.
        string? Text(string name) =>
            json.TryGetProperty(name, out var value) && Http.Read.Text(value, name, errors) is { Length: > 0 } text ? text : null;
    }
}
