using System.Text.Json;
using Contracts.Storage;
using Contracts.Timers;
using FluentValidation;
using Producer.Http;
using Producer.Slices;

namespace Producer.Timers;

/// <summary>The routes of the first timer service ("seed"), with its shapes and errors.</summary>
internal static class SeedTimers
{
    /// <summary>Any content type reaches the handler, since routing's own refusal would not have the seed's shape.</summary>
    public const string AnyType = "*/*";

    private const int MaxRequestBytes = 16 * 1024;

    public static IServiceCollection AddSeedTimers(this IServiceCollection services) => services.AddSingleton<SeedTimerValidator>();

    public static void MapSeedTimers(this IEndpointRouteBuilder app, ServedRequests serves)
    {
        var seed = app.MapGroup("/api/v1/timer").WithTags("Compatibility").WithMetadata(new ErrorShape(AnswerError));
        if (serves != ServedRequests.Reads)
        {
            MapCreate(seed);
        }

        if (serves != ServedRequests.Writes)
        {
            MapGet(seed);
        }
    }

    private static void MapCreate(RouteGroupBuilder seed) =>
        seed.MapPost("/", CreateAsync)
            .WithName("seedCreateTimer")
            .WithSummary("Create a timer (compatibility)")
            .WithDescription("The first timer service's route: hours, minutes and seconds from now, and a webhookUrl.")
            .Accepts<SeedTimerRequest>("application/json", AnyType)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .Produces<SeedTimerAnswer>(StatusCodes.Status201Created)
            .Produces<SeedError>(StatusCodes.Status400BadRequest)
            .Produces<SeedError>(StatusCodes.Status413PayloadTooLarge)
            .Produces<SeedError>(StatusCodes.Status415UnsupportedMediaType)
            .Produces<SeedError>(StatusCodes.Status500InternalServerError);

    private static void MapGet(RouteGroupBuilder seed) =>
        seed.MapGet("/{id}", GetAsync)
            .WithName("seedGetTimer")
            .WithSummary("Read a timer (compatibility)")
            .WithDescription("timeLeft is in whole seconds, rounded down, never negative.")
            .Produces<SeedTimerAnswer>()
            .Produces<SeedError>(StatusCodes.Status400BadRequest)
            .Produces<SeedError>(StatusCodes.Status404NotFound)
            .Produces<SeedError>(StatusCodes.Status500InternalServerError);

    private static async Task<IResult> CreateAsync(
        HttpContext context, SeedTimerValidator validator, TimerAcceptance acceptance, TimerQuotas quotas, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(context.Request))
        {
            return SeedError.Answer(
                StatusCodes.Status415UnsupportedMediaType, new Dictionary<string, string[]>(), "Send application/json.", clock.Now);
        }

        var errors = new FieldErrors();
        var request = await JsonBody.ReadObjectAsync(
            context.Request,
            errors,
            json =>
            {
                var read = SeedTimerRequest.From(json, errors);
                validator.Validate(read, errors);
                return read;
            },
            cancellationToken);
        if (request is null || errors.Any)
        {
            return SeedError.Answer(StatusCodes.Status400BadRequest, errors.ToDictionary(), "The request is not valid.", clock.Now);
        }

        var tenant = context.Tenant();
        var timer = acceptance.Prepare(tenant, request.ToTimerRequest(), idempotencyKey: null);
        using var room = await quotas.TakeAsync(context, [timer]);
        if (room.Exceeded is { } exceeded)
        {
            quotas.Tell(context.Response, exceeded);
            return SeedError.Answer(
                StatusCodes.Status429TooManyRequests, new Dictionary<string, string[]>(), exceeded.Reason, clock.Now);
        }

        var accepted = (await room.CreateAsync(
            () => acceptance.AcceptAsync(tenant, [timer], policies: null, PreferWait.Apply(context), cancellationToken)))[0];
        if (accepted.Rejected is { } rejected)
        {
            return SeedError.Answer(
                StatusCodes.Status500InternalServerError, new Dictionary<string, string[]>(), rejected.Reason, clock.Now);
        }

        context.Response.Headers["X-Tracking-Id"] = accepted.Row.Id;
        context.Response.Headers.Location = $"/api/v1/timer/{accepted.Row.Id}";
        return Answer(StatusCodes.Status201Created, "Timer Created!", accepted.Row, clock.Now);
    }

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, TimerReads reads, IStoreClock clock, CancellationToken cancellationToken)
    {
        if (TimerRules.IdProblem(id) is { } reason)
        {
            return SeedError.Answer(
                StatusCodes.Status400BadRequest, new Dictionary<string, string[]> { ["id"] = [reason] }, "The request is not valid.",
                clock.Now);
        }

        var tenant = context.Tenant();
        var found = await reads.FindAsync(new TimerAddress(tenant, TimerKey.FromId(tenant, id)), cancellationToken);
        found?.Mark(context.Response, clock.Now);
        return found is not null
            ? Answer(StatusCodes.Status200OK, "fetched successfully!", found.Row, clock.Now)
            : SeedError.Answer(StatusCodes.Status404NotFound, new Dictionary<string, string[]>(), "Timer not found", clock.Now);
    }

    /// <summary>Whatever goes wrong takes the seed's shape too; unavailability is its 500, told apart by Retry-After.</summary>
    private static IResult AnswerError(HttpContext context, int status, string message) => SeedError.Answer(
        status == StatusCodes.Status503ServiceUnavailable ? StatusCodes.Status500InternalServerError : status,
        new Dictionary<string, string[]>(), message, context.RequestServices.GetRequiredService<IStoreClock>().Now);

    private static JsonAnswer<SeedTimerAnswer> Answer(int status, string message, TimerRecord row, DateTimeOffset now) =>
        new(new SeedTimerAnswer(status, message, SeedTimer.From(row, now)), TimerResourcesJson.Http.SeedTimerAnswer, status);
}

/// <summary>The seed's create.</summary>
internal sealed class SeedTimerRequest
{
    /// <summary>0 to 87,600 (ten years).</summary>
    public int? Hours { get; set; }

    /// <summary>0 to 59.</summary>
    public int? Minutes { get; set; }

    /// <summary>0 to 59.</summary>
    public int? Seconds { get; set; }

    /// <summary>Called with POST when the time is over.</summary>
    public string? WebhookUrl { get; set; }

    private static readonly string[] Fields = ["hours", "minutes", "seconds", "webhookUrl"];

    public static SeedTimerRequest From(JsonElement json, FieldErrors errors)
    {
        foreach (var missing in Fields.Where(field => !json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null))
        {
            errors.Add(missing, "is required");
        }

        var request = new SeedTimerRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "hours": request.Hours = Read.Integer(field.Value, "hours", errors); break;
                case "minutes": request.Minutes = Read.Integer(field.Value, "minutes", errors); break;
                case "seconds": request.Seconds = Read.Integer(field.Value, "seconds", errors); break;
                case "webhookUrl": request.WebhookUrl = Read.Text(field.Value, "webhookUrl", errors); break;
                default: errors.Add(field.Name, "is not a known field"); break;
            }
        }

        return request;
    }

    public TimerRequest ToTimerRequest() => new()
    {
        Url = WebhookUrl,
        Delay = TimeSpan.FromSeconds(TotalSeconds()),
    };

    public long TotalSeconds() => ((Hours ?? 0) * 3600L) + ((Minutes ?? 0) * 60L) + (Seconds ?? 0);
}

/// <summary>The rules for the seed's create.</summary>
internal sealed class SeedTimerValidator : FieldValidator<SeedTimerRequest>
{
    /// <summary>Ten years.</summary>
    public const int MaxHours = 87_600;

    public SeedTimerValidator(WebTargets targets)
    {
        Check(request => request.WebhookUrl, url => url is null ? null : targets.Problem(url) ?? KeptSecrets.UrlProblem(url));
        Check(request => request.Hours, hours => RangeProblem(hours, MaxHours));
        Check(request => request.Minutes, minutes => RangeProblem(minutes, 59));
        Check(request => request.Seconds, seconds => RangeProblem(seconds, 59));
        RuleFor(request => request.Hours)
            .Must((request, _) => request.TotalSeconds() <= MaxHours * 3600L)
            .WithMessage($"with minutes and seconds must not be more than {MaxHours} hours");
    }

    private static string? RangeProblem(int? value, int max) =>
        value is null or >= 0 && !(value > max) ? null : $"must be from 0 to {max}";
}

/// <summary>The seed's answer.</summary>
/// <param name="Code">The HTTP status, once more.</param>
/// <param name="Message">What was done.</param>
/// <param name="Timer">The timer in the first timer service's shape.</param>
internal sealed record SeedTimerAnswer(int Code, string Message, SeedTimer Timer);

/// <summary>The seed's timer.</summary>
/// <param name="TimerId">The timer's id.</param>
/// <param name="TimeLeft">Whole seconds, rounded down, never negative.</param>
/// <param name="TimerStatus">Scheduled, Running or Finished.</param>
internal sealed record SeedTimer(string TimerId, long TimeLeft, string TimerStatus)
{
    public static SeedTimer From(TimerRecord row, DateTimeOffset now)
    {
        var finished = TimerLifecycle.IsFinished(row.State) || row.State == TimerState.Ambiguous;
        var left = finished || row.DueAt <= now ? 0 : (long)Math.Floor((row.DueAt - now).TotalSeconds);
        return new SeedTimer(row.Id, left, finished ? "Finished" : TimerLifecycle.IsClaimed(row.State) ? "Running" : "Scheduled");
    }
}

/// <summary>The seed's error.</summary>
/// <param name="Details">Reasons per field; empty when it is not about fields.</param>
/// <param name="Timestamp">When the error occurred.</param>
/// <param name="Code">The HTTP status, once more.</param>
/// <param name="Message">What is wrong, for people.</param>
internal sealed record SeedError(IReadOnlyDictionary<string, string[]> Details, DateTimeOffset Timestamp, int Code, string Message)
{
    public static IResult Answer(int status, IReadOnlyDictionary<string, string[]> details, string message, DateTimeOffset now) =>
        new JsonAnswer<SeedError>(new SeedError(details, now, status, message), TimerResourcesJson.Http.SeedError, status);
}
