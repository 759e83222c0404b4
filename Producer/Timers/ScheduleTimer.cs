using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers: creates one timer.</summary>
internal static class ScheduleTimer
{
    /// <summary>A body of 256 KiB may be six times as long as a JSON string.</summary>
    private const int MaxRequestBytes = 2 * 1024 * 1024;

    public static IServiceCollection AddScheduleTimer(this IServiceCollection services)
    {
        services.AddOptions<TimersOptions>().BindSettings(TimersOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<TimersOptions>, TimersOptionsLimits>();
        return services.AddSingleton<TimerAcceptance>().AddSingleton<CreationInstants>().AddSingleton<RowWaiters>()
            .AddSingleton<TimerCopies>().AddSingleton<TimerReads>().AddSingleton<TimerRequestReader>()
            .AddSingleton<TimerRequestValidator>().AddSingleton<TimerQuotas>()
            .AddHostedService(provider => provider.GetRequiredService<TimerQuotas>());
    }

    public static void MapScheduleTimer(this IEndpointRouteBuilder timers) => timers.MapPost("/", HandleAsync)
        .WithName("scheduleTimer")
        .WithSummary("Create a timer")
        .WithDescription(
            "Responds when the timer is durable: 201 when it is stored, 202 when it is on the log and will be stored. With an "
            + "`Idempotency-Key` or your own id, repeating the request returns the first timer; a request with the same key and "
            + "different content is refused (409). `onConflict` asks for something else: `reject` refuses the repetition, too, and "
            + "`replace` puts the new content and instant in the place of the timer (200), unless it is being fired or has finished (409).")
        .Accepts<TimerRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<TimerResource>()
        .Produces<TimerResource>(StatusCodes.Status201Created)
        .Produces<TimerResource>(StatusCodes.Status202Accepted)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status500InternalServerError);

    private static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> HandleAsync(
        HttpContext context, TimerRequestReader reader, TimerAcceptance acceptance, TimerQuotas quotas, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var key = TimerRequestReader.ReadIdempotencyKey(context.Request, errors);
        if (!JsonBody.IsAccepted(context.Request))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var request = await reader.ReadAsync(context.Request, errors, cancellationToken);
        if (request?.Id is not null && key is not null)
        {
            errors.Add("id", TimerRequestReader.TwoKeys);
        }

        var tenant = context.Tenant();
        if (request is null || errors.Any)
        {
            return request is not null && TimerRequestReader.IsLate(errors)
                && await acceptance.FindRepeatedAsync(tenant, request, key, cancellationToken) is { } repeated
                ? Answer(context, repeated, clock.Now) : Problems.Invalid(errors);
        }

        var policy = request.ToConflictPolicy();
        if (policy == ConflictPolicy.Replace && !TimerProblems.MayReplace(context))
        {
            return TimerProblems.MayNotReplace(context.Response);
        }

        var timer = acceptance.Prepare(tenant, request, key);
        using var room = await quotas.TakeAsync(context, [timer]);
        if (room.Exceeded is { } exceeded)
        {
            // A repetition needs nothing that the tenant has not got already.
            return await acceptance.FindRepeatedAsync(tenant, request, key, cancellationToken) is { } first
                ? Answer(context, first, clock.Now) : TimerProblems.QuotaExceeded(context.Response, quotas, exceeded);
        }

        AcceptedTimer accepted;
        try
        {
            accepted = (await room.CreateAsync(() => acceptance.AcceptAsync(
                tenant, [timer], policy == ConflictPolicy.Return ? null : [policy], PreferWait.Apply(context), cancellationToken)))[0];
        }
        catch (LogUnavailableException unavailable)
        {
            // With the id, so that the client can ask later whether an unknown one has appeared.
            return Problems.Unavailable(unavailable.Outcome, unavailable.Message, TimerRecord.From(timer).Id);
        }

        return Answer(context, accepted, clock.Now);
    }

    private static Results<JsonAnswer<TimerResource>, ProblemHttpResult> Answer(
        HttpContext context, AcceptedTimer accepted, DateTimeOffset now)
    {
        if (accepted.Acceptance == Acceptance.KeyUsed)
        {
            return TimerProblems.KeyUsed(accepted.Row.Id, accepted.Refusal);
        }

        if (accepted.Rejected is { } rejected)
        {
            return Problems.DeadLettered(rejected.Reason, rejected.DeadLetter);
        }

        var headers = context.Response.Headers;
        headers["X-Tracking-Id"] = accepted.Tracking?.ToString();
        headers.ETag = EntityTags.Of(accepted.Row.Version);
        if (accepted.Acceptance == Acceptance.Repeated)
        {
            headers["Idempotent-Replayed"] = "true";
        }

        var resource = TimerResource.From(accepted.Row, now);
        headers.Location = TimerRoutes.Of(accepted.Row.Id);
        return new JsonAnswer<TimerResource>(
            resource, TimerResourcesJson.Http.TimerResource, accepted.Status);
    }
}
