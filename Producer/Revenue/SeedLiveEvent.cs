using System.Text.Json;
using Contracts.Storage;
using Infrastructure.Access;
using Infrastructure.Hosting;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>POST /liveEvent: one event, in the shape of the first revenue service ("seed").</summary>
internal static class SeedLiveEvent
{
    public const string Authorization = "Authorization";

    private const int MaxRequestBytes = 64 * 1024;

    public static void MapSeedLiveEvent(this IEndpointRouteBuilder app) => app.MapPost("/liveEvent", HandleAsync)
        .WithName("seedPostLiveEvent")
        .WithSummary("Send a revenue event (compatibility)")
        .WithDescription(
            "The first revenue service's route. 200 when the event is durable, whether or not it is counted yet; `X-Tracking-Id` tells "
            + "what became of it. Events of names that are not registered are ignored. An `Idempotency-Key` makes repeating it safe. It "
            + "needs the header `Authorization` with the service's secret, `secret` unless it is configured otherwise. Once there are "
            + "keys, it needs one of these, or the secret if it has been configured.")
        .WithMetadata(new RouteCredential(FindTenant))
        .Accepts<SeedLiveEventRequest>("application/json", SeedBody.AnyType)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<SeedLiveEventAnswer>()
        .Produces<SeedRevenueError>(StatusCodes.Status400BadRequest)
        .Produces<SeedRevenueError>(StatusCodes.Status401Unauthorized)
        .Produces<SeedRevenueError>(StatusCodes.Status413PayloadTooLarge)
        .Produces<SeedRevenueError>(StatusCodes.Status415UnsupportedMediaType)
        .Produces<SeedRevenueError>(StatusCodes.Status500InternalServerError)
        .Produces<SeedRevenueError>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HandleAsync(
        HttpContext context, RevenueIntake intake, EventTypes types, SeedLiveEventValidator validator, RevenueMetrics metrics,
        IStoreClock clock, IOptions<RevenueOptions> options, IOptions<ProducerRevenueOptions> secret, CancellationToken cancellationToken)
    {
        var http = context.Request;
        if (Caller.Of(context)?.KeyId is null && !secret.Value.IsRight(http.Headers.Authorization))
        {
            return SeedRevenueError.Answer(StatusCodes.Status401Unauthorized, SeedRevenueError.Unauthorized);
        }

        if (!JsonBody.IsAccepted(http))
        {
            return SeedRevenueError.Answer(StatusCodes.Status415UnsupportedMediaType, "Send application/json.");
        }

        var errors = new FieldErrors();
        var (tenant, stamp) = (context.Tenant(), EventStamps.Of(context, clock, options.Value.Address));
        var key = EventIds.ReadKey(http, errors);
        var request = await SeedBody.ReadAsync(http, errors, json => ReadEvent(json, errors), cancellationToken);
        if (request?.Name is not null && !errors.Has("name"))
        {
            await types.ResolveAsync(tenant, [request], cancellationToken);
            if (request.Type is null)
            {
                // Whatever its other fields are: it is not for this service.
                metrics.Ignored();
                return Received();
            }
        }

        if (request is not null)
        {
            validator.Validate(request, errors);
        }

        if (request is null || errors.Any)
        {
            return SeedRevenueError.Answer(StatusCodes.Status400BadRequest, Describe(errors));
        }

        var accepted = intake.Compose(request, key ?? Guid.CreateVersion7(stamp.ReceivedAt).ToString("D"), stamp);
        await intake.AcceptAsync(tenant, [accepted], stamp, PreferWait.Apply(context), cancellationToken);
        context.Response.Headers[EventAnswers.TrackingHeader] = accepted.TrackingOf(tenant).ToString();
        return accepted.Accepted!.Rejected is { } rejected
            ? SeedRevenueError.Answer(StatusCodes.Status500InternalServerError, rejected.Reason) : Received();
    }

    /// <summary>Whose events the secret is for; null without it. The one that everybody knows opens nothing.</summary>
    private static string? FindTenant(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<ProducerRevenueOptions>>().Value;
        return options.IsOwnSecret && options.IsRight(context.Request.Headers.Authorization) ? options.SecretTenant : null;
    }

    private static JsonAnswer<SeedLiveEventAnswer> Received() =>
        new(SeedLiveEventAnswer.Received, RevenueResourcesJson.Http.SeedLiveEventAnswer);

    /// <remarks>Other fields are ignored, as the seed did.</remarks>
    private static RevenueEventRequest ReadEvent(JsonElement json, FieldErrors errors) => new()
    {
        User = json.TryGetProperty("userId", out var user) ? Read.Text(user, "userId", errors) : null,
        Name = json.TryGetProperty("name", out var name) ? Read.Text(name, "name", errors) : null,
        Value = json.TryGetProperty("value", out var value) ? RevenueRules.ReadAmount(value, "value", errors) : null,
    };

    private static string Describe(FieldErrors errors) => string.Join("; ", errors.ToDictionary()
        .Select(each => $"{(each.Key == "$" ? "Request body" : each.Key)} {each.Value[0]}"));
}

/// <summary>The rules for an event of the first revenue service, under the names that it gave to fields.</summary>
internal sealed class SeedLiveEventValidator : FieldValidator<RevenueEventRequest>
{
    public SeedLiveEventValidator(IOptions<RevenueOptions> options)
    {
        CheckParts(request => request.User, user => RevenueRules.UserProblem(user) is { } problem ? [("userId", problem)] : []);
        Check(request => request.Name, RevenueRules.NameProblem);
        Check(request => request.Value, RevenueRules.ValueProblem);
        CheckParts(request => request, request => request.Type?.Schema?.Check(request, options.Value.Currency) ?? []);
    }
}
