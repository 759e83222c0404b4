using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Access;
using Contracts.Storage;
using Contracts.Timers;
using FluentValidation;
using Infrastructure.Access;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers/replay: retries failed timers by filter.</summary>
internal static class ReplayTimers
{
    private const int MaxRequestBytes = 16 * 1024;
    private const int PageSize = 200;

    public static IServiceCollection AddReplayTimers(this IServiceCollection services) => services
        .AddSingleton<ReplayRequestValidator>()
        .AddSingleton<TimerReplayValidator>();

    public static void MapReplayTimers(this IEndpointRouteBuilder timers) => timers.MapPost("/replay", HandleAsync)
        .Needs(KeyVerb.Control)
        .WithName("replayTimers")
        .WithSummary("Replay failed timers by filter")
        .WithDescription(
            "Those that have failed or, with `expired`, those that have expired; newest first, up to `limit`. `more` means that another "
            + "request would find more. Those whose expiry has passed are left out, and counted as `expired`, unless the request gives "
            + "them a new `expiresAt` or `maxAge`, or null for none.")
        .Accepts<ReplayRequest>(isOptional: true, "application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<ReplaySummary>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<ReplaySummary>, ProblemHttpResult>> HandleAsync(
        HttpRequest http, ReplayRequestValidator validator, TimerReplayValidator expiries, ITimerStore store, TimerControl control,
        IStoreClock clock, CancellationToken cancellationToken)
    {
        if (!JsonBody.IsAccepted(http))
        {
            return Problems.UnsupportedMediaType("application/json");
        }

        var errors = new FieldErrors();
        var request = await ReadAsync(http, validator, expiries, errors, cancellationToken);
        if (request is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        return new JsonAnswer<ReplaySummary>(
            await ReplayAsync(http.HttpContext, request, store, control, clock, cancellationToken),
            TimerResourcesJson.Http.ReplaySummary);
    }

    private static async Task<ReplayRequest?> ReadAsync(
        HttpRequest http, ReplayRequestValidator validator, TimerReplayValidator expiries, FieldErrors errors,
        CancellationToken cancellationToken)
    {
        if (http.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return new ReplayRequest();
        }

        return await JsonBody.ReadObjectAsync(
            http,
            errors,
            json =>
            {
                var request = ReplayRequest.From(json, errors);
                validator.Validate(request, errors);
                expiries.Validate(request.Expiry, errors);
                return request;
            },
            cancellationToken);
    }

    private static async Task<ReplaySummary> ReplayAsync(
        HttpContext context, ReplayRequest request, ITimerStore store, TimerControl control, IStoreClock clock,
        CancellationToken cancellationToken)
    {
        var (tenant, notes) = (context.Tenant(), AuditNotes.Of(context));
        var (before, after) = (new List<byte[]>(), new List<byte[]>());
        var (replayed, expired) = (0, 0);
        var limit = request.Limit ?? ReplayRequest.DefaultLimit;
        TimerCursor? cursor = null;
        while (true)
        {
            var page = await store.ListAsync(request.ToQuery(tenant, cursor, Math.Min(PageSize, limit - replayed)), cancellationToken);

            // Run together, so that they share the store's commits.
            var results = await Task.WhenAll(page.Items.Select(
                row => control.RunAsync(
                    new TimerAddress(tenant, row.Key), [row.Version], now => ReplayTimer.Decide(now, request.Expiry, clock.Now),
                    cancellationToken)));
            expired += results.Count(result => result.Outcome == ControlOutcome.Invalid);
            for (var i = 0; i < results.Length; i++)
            {
                if (results[i].Outcome == ControlOutcome.Done)
                {
                    replayed++;
                    if (notes is not null)
                    {
                        before.Add(SHA256.HashData(ControlEndpoint.Shown(page.Items[i])));
                        after.Add(SHA256.HashData(ControlEndpoint.Shown(results[i].Row!)));
                        (notes.Before, notes.After) = (AuditNotes.HashAll(before), AuditNotes.HashAll(after));
                    }
                }
            }

            cursor = page.Next;
            if (cursor is null || replayed >= limit)
            {
                return new ReplaySummary(replayed, cursor is not null) { Expired = expired };
            }
        }
    }
}

/// <summary>Which failed or expired timers to replay; without conditions all that have failed.</summary>
internal sealed class ReplayRequest
{
    public const int DefaultLimit = 1_000;
    public const int MaxLimit = 10_000;

    /// <summary>True for those that have expired, in place of those that have failed.</summary>
    public bool? Expired { get; set; }

    /// <summary>Only with this tag.</summary>
    public string? Tag { get; set; }

    /// <summary>Only due at or after.</summary>
    public DateTimeOffset? DueFrom { get; set; }

    /// <summary>Only due before.</summary>
    public DateTimeOffset? DueTo { get; set; }

    /// <summary>Maximum number, 1 to 10,000. Default 1,000.</summary>
    public int? Limit { get; set; }

    /// <summary>RFC 3339 instant from which on they are not sent, in the future; null for never. Default: as each has it.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get => Expiry.ExpiresAt;
        set => Expiry.ExpiresAt = value;
    }

    /// <summary>The same as a duration from the due instant of each; null for never. Default: as each has it.</summary>
    public TimeSpan? MaxAge
    {
        get => Expiry.MaxAge;
        set => Expiry.MaxAge = value;
    }

    /// <summary>What becomes of their expiry.</summary>
    [JsonIgnore]
    public TimerReplay Expiry { get; } = new();

    public static ReplayRequest From(JsonElement json, FieldErrors errors)
    {
        var request = new ReplayRequest();
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "expired": request.Expired = Read.Flag(field.Value, "expired", errors); break;
                case "tag": request.Tag = Read.Text(field.Value, "tag", errors); break;
                case "dueFrom": request.DueFrom = Read.Instant(field.Value, "dueFrom", errors); break;
                case "dueTo": request.DueTo = Read.Instant(field.Value, "dueTo", errors); break;
                case "limit": request.Limit = Read.Integer(field.Value, "limit", errors); break;
                default:
                    if (!request.Expiry.TryRead(field, errors))
                    {
                        errors.Add(field.Name, "is not a known field");
                    }

                    break;
            }
        }

        return request;
    }

    public TimerQuery ToQuery(string tenant, TimerCursor? cursor, int limit) => new()
    {
        Tenant = tenant,
        State = Expired == true ? TimerState.Expired : TimerState.Failed,
        Tags = Tag is null ? [] : [Tag],
        DueFrom = DueFrom,
        DueTo = DueTo,
        Cursor = cursor,
        Limit = limit,
    };
}

/// <summary>The rules for a replay filter.</summary>
internal sealed class ReplayRequestValidator : FieldValidator<ReplayRequest>
{
    public ReplayRequestValidator()
    {
        Check(request => request.Limit, limit => limit is null or (> 0 and <= ReplayRequest.MaxLimit)
            ? null : $"must be from 1 to {ReplayRequest.MaxLimit}");
        Check(request => request.Tag, TimerRules.TagProblem);
        RuleFor(request => request.DueTo).Must((request, dueTo) => request.DueFrom is null || dueTo is null || request.DueFrom < dueTo)
            .WithMessage("must be later than dueFrom");
    }
}

/// <summary>What a replay by filter did.</summary>
/// <param name="Replayed">Timers that are retried.</param>
/// <param name="More">Whether there may be more of them.</param>
internal sealed record ReplaySummary(int Replayed, bool More)
{
    /// <summary>Timers that are left out because their expiry has passed; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Expired { get; init; }
}
