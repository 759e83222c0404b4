using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers/preview: what a create would become. Nothing is stored.</summary>
internal static class PreviewTimer
{
    private const int MaxRequestBytes = 2 * 1024 * 1024;

    /// <summary>Rows that may be looked at to tell what else is due.</summary>
    private const int MaxRows = 10_000;

    public static void MapPreviewTimer(this IEndpointRouteBuilder timers) => timers.MapPost("/preview", HandleAsync)
        .WithName("previewTimer")
        .WithSummary("Preview what a timer would become")
        .WithDescription(
            "Takes what a create takes, and refuses what a create would refuse now, for the same reasons; nothing is stored, and nothing "
            + "counts against a quota. Answers when the timer would be due and expire, when its attempts would be made if each of them "
            + "failed, and what else of the tenant is due at the same scheme, host and port within the minute around its instant: "
            + "scheduled timers, with retries that wait, as far as 10,000 of them tell.")
        .Accepts<TimerRequest>("application/json")
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
        .Produces<TimerPreviewResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<TimerPreviewResource>, ProblemHttpResult>> HandleAsync(
        HttpContext context, TimerRequestReader reader, TimerAcceptance acceptance, TimerQuotas quotas, ITimerStore store,
        IDestinationLoads loads, CancellationToken cancellationToken)
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
            // A late repetition is answered with the timer that there is.
            return request is not null && TimerRequestReader.IsLate(errors)
                && await acceptance.FindRepeatedAsync(tenant, request, key, cancellationToken) is { } late
                ? await AnswerAsync(late.Row, exists: true) : Problems.Invalid(errors);
        }

        var policy = request.ToConflictPolicy();
        if (policy == ConflictPolicy.Replace && !TimerProblems.MayReplace(context))
        {
            return TimerProblems.MayNotReplace(context.Response);
        }

        var timer = acceptance.Prepare(tenant, request, key);
        var there = timer.Fingerprint is null ? []
            : await store.FindAsync(tenant, [timer.TimerId], cancellationToken);
        if (there is [var row])
        {
            return policy switch
            {
                ConflictPolicy.Replace when Replacement.Decide(row, timer, traceParent: null) is var decision =>
                    decision.Refusal is { } refusal ? TimerProblems.KeyUsed(row.Id, refusal)
                        : await AnswerAsync(decision.Changed!, exists: true),
                ConflictPolicy.Return when row.Fingerprint == timer.Fingerprint => await AnswerAsync(row, exists: true),
                ConflictPolicy.Return => TimerProblems.KeyUsed(row.Id, refusal: null),
                _ => TimerProblems.KeyUsed(row.Id, TimerProblems.Taken),
            };
        }

        using var room = await quotas.TakeAsync(context, [timer]);
        room.GiveBack();
        return room.Exceeded is { } exceeded ? TimerProblems.QuotaExceeded(context.Response, quotas, exceeded)
            : await AnswerAsync(TimerRecord.From(timer, tenant), exists: false);

        async Task<JsonAnswer<TimerPreviewResource>> AnswerAsync(TimerRecord row, bool exists)
        {
            var load = await LoadAround.CountAsync(loads, tenant, row.Spec.Url, [row.DueAt], MaxRows, cancellationToken);
            return new JsonAnswer<TimerPreviewResource>(
                TimerPreviewResource.From(row, exists, load[0]), TimerResourcesJson.Http.TimerPreviewResource);
        }
    }
}
