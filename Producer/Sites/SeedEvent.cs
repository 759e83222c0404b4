using System.Globalization;
using System.Text.Json;
using Contracts.Common;
using Contracts.Sites;
using Contracts.Storage;
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
        .Accepts<SeedEventRequest>("application/json", SeedSites.AnyType)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<SeedEventAnswer>(StatusCodes.Status202Accepted)
        .Produces<SeedEventErrors>(StatusCodes.Status400BadRequest)
        .Produces<SeedSiteError>(StatusCodes.Status413PayloadTooLarge)
        .Produces<SeedSiteError>(StatusCodes.Status415UnsupportedMediaType)
        .Produces<SeedSiteError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedSiteError>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        HttpContext context, SiteIntake intake, IStoreClock clock, IOptions<SiteOptions> options, CancellationToken cancellationToken)
    {
        var http = context.Request;
        if (!JsonBody.IsAccepted(http))
        {
            return SeedSiteError.Answer(StatusCodes.Status415UnsupportedMediaType, "Send application/json.");
        }

        var errors = new List<string>();
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var request = await ReadAsync(http, options.Value, errors, cancellationToken);
        var wrongKey = new FieldErrors();
        var key = EventIds.ReadKey(http, wrongKey);
        if (wrongKey.Any)
        {
            errors.Add($"{EventIds.Header} {wrongKey.ToDictionary()[EventIds.Header][0]}");
        }

        if (request.Timestamp is { } at
            && EventRules.InstantProblem(at, clock.Latest, options.Value.Retention) is { } problem)
        {
            errors.Add($"timestamp {problem}");
        }

        if (errors.Count > 0)
        {
            return new JsonAnswer<SeedEventErrors>(
                new SeedEventErrors(errors), SiteResourcesJson.Http.SeedEventErrors, StatusCodes.Status400BadRequest);
        }

        var id = key ?? Guid.CreateVersion7(stamp.ReceivedAt).ToString("D");
        var accepted = await intake.ComposeAsync(request, id, stamp, PostSiteEvents.AgentOf(http), cancellationToken);
        await intake.AcceptAsync(tenant, [accepted], stamp, PreferWait.Apply(context), cancellationToken);
        context.Response.Headers[EventAnswers.TrackingHeader] = accepted.Tracking(tenant).ToString();
        return accepted.Accepted!.Rejected is { } rejected
            ? SeedSiteError.Answer(StatusCodes.Status500InternalServerError, rejected.Reason)
            : new JsonAnswer<SeedEventAnswer>(
                SeedEventAnswer.Queued, SiteResourcesJson.Http.SeedEventAnswer, StatusCodes.Status202Accepted);
    }

    private static async Task<SiteEventRequest> ReadAsync(
        HttpRequest http, SiteOptions options, List<string> errors, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http, cancellationToken);
        try
        {
            if (body.Length == 0)
            {
                // As the seed took it: an object without anything.
                return Require(new SiteEventRequest(), errors);
            }

            var wrong = new FieldErrors();
            using var document = JsonBody.ParseObject(body, wrong);
            if (document is null)
            {
                errors.Add($"Request body {wrong.ToDictionary().Values.First()[0]}");
                return new SiteEventRequest();
            }

            return Read(document.RootElement, options, errors);
        }
        finally
        {
            http.BodyReader.AdvanceTo(body.End);
        }
    }

    private static SiteEventRequest Read(JsonElement json, SiteOptions options, List<string> errors)
    {
        var (request, wrong) = (new SiteEventRequest(), new FieldErrors());
        request.Site = Text("site_id");
        request.Type = Text("event_type");
        request.Path = Text("path");
        request.User = Text("user_id");

        // In the seed's order: what is missing, then what is wrong.
        Require(request, errors, wrong);
        errors.AddRange(wrong.ToDictionary().Select(each => $"{each.Key} {each.Value[0]}"));
        Check("site_id", SiteRules.SiteProblem(request.Site ?? "-"));
        Check("event_type", EventRules.TextProblem(request.Type, 1, SiteLimits.MaxType));
        Check("path", EventRules.TextProblem(request.Path, 1, SiteLimits.MaxPath));
        Check("user_id", EventRules.TextProblem(request.User, 1, SiteLimits.MaxUser));
        if (json.TryGetProperty("timestamp", out var timestamp))
        {
            if (TryReadTimestamp(timestamp, options, out var at))
            {
                request.Timestamp = at;
            }
            else
            {
                errors.Add("timestamp must be a valid ISO date string");
            }
        }

        return request;

        // The seed took an empty text for a missing one.
        string? Text(string name) =>
            json.TryGetProperty(name, out var value) && Http.Read.Text(value, name, wrong) is { Length: > 0 } text ? text : null;

        void Check(string name, string? problem)
        {
            if (problem is not null)
            {
                errors.Add($"{name} {problem}");
            }
        }
    }

    private static SiteEventRequest Require(SiteEventRequest request, List<string> errors, FieldErrors? wrong = null)
    {
        foreach (var (name, value) in new[] { ("site_id", request.Site), ("event_type", request.Type), ("path", request.Path) })
        {
            if (value is null && wrong?.Has(name) != true)
            {
                errors.Add($"{name} is required");
            }
        }

        return request;
    }

    /// <summary>
    /// Beside what all routes take: a date, which is its midnight in UTC, and a time without an offset, in the zone of days.
    /// </summary>
    private static bool TryReadTimestamp(JsonElement value, SiteOptions options, out DateTimeOffset? at)
    {
        at = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Number:
                return Set(EventInstant.Read(value.GetRawText(), isNumber: true, out var number), number, out at);
            case JsonValueKind.String when Http.Read.Text(value, "timestamp", new FieldErrors()) is { } text:
                if (text.Length == 0)
                {
                    return true;
                }

                if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                {
                    at = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
                    return true;
                }

                if (DateTime.TryParseExact(
                    text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture,
                    DateTimeStyles.None, out var local))
                {
                    var zone = options.FindZone();
                    at = zone.IsInvalidTime(local) ? null : new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
                    return at is not null;
                }

                return Set(EventInstant.Read(text, isNumber: false, out var instant), instant, out at);
            default:
                return false;
        }

        static bool Set(string? problem, DateTimeOffset instant, out DateTimeOffset? at)
        {
            at = problem is null ? instant : null;
            return problem is null;
        }
    }
}
