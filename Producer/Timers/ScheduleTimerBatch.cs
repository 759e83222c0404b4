using System.Buffers;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers/batch: creates many timers; valid items are accepted even if others are not.</summary>
internal static class ScheduleTimerBatch
{
    private const string Things = "timers";

    public static void MapScheduleTimerBatch(this IEndpointRouteBuilder timers) => timers.MapPost("/batch", HandleAsync)
        .WithName("scheduleTimerBatch")
        .WithSummary("Create many timers")
        .WithDescription(
            "A JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 items or 10 MB, gzip accepted. "
            + "201 or 202 if all were accepted, 207 if some were refused, 400 if all were; always with one result per item, in order. "
            + "An `Idempotency-Key` is refused here; give items their own `id` to make them safe to send again.")
        .Accepts<TimerRequest[]>("application/json", BatchBody.Ndjson)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BatchBody.MaxBytes))
        .Produces<BatchResource>(StatusCodes.Status201Created)
        .Produces<BatchResource>(StatusCodes.Status202Accepted)
        .Produces<BatchResource>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<BatchResource>, ProblemHttpResult>> HandleAsync(
        HttpContext context, TimerRequestReader reader, TimerAcceptance acceptance, TimerQuotas quotas, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var lines = BatchBody.IsLines(request);
        if (!lines && !JsonBody.IsAccepted(request))
        {
            return Problems.UnsupportedMediaType($"application/json or {BatchBody.Ndjson}");
        }

        var errors = new FieldErrors();
        if (request.Headers.ContainsKey("Idempotency-Key"))
        {
            return Problems.Invalid("Idempotency-Key", "is for single timers; give each item an id of its own");
        }

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        List<BatchItem>? items;
        try
        {
            var room = new ErrorRoom();
            var cuts = lines ? BatchBody.CutLines(body, Things, errors) : BatchBody.CutArray(body, Things, errors);
            items = cuts?.ConvertAll(cut => ReadItem(body.Slice(cut.Start, cut.Length), reader, room));
        }
        finally
        {
            request.BodyReader.AdvanceTo(body.End);
        }

        if (items is null)
        {
            return Problems.Invalid(errors);
        }

        var tenant = context.Tenant();
        foreach (var late in items.Where(item => item.Request?.Id is not null && TimerRequestReader.IsLate(item.Errors)))
        {
            late.Accepted = await acceptance.FindRepeatedAsync(tenant, late.Request!, null, cancellationToken);
        }

        var good = items.Where(item => !item.Errors.Any)
            .Select(item => (Item: item, Timer: acceptance.Prepare(tenant, item.Request!, null)))
            .ToList();
        if (good.Count > 0)
        {
            var policies = good.Exists(pair => pair.Item.Request!.OnConflict is not null)
                ? good.ConvertAll(pair => pair.Item.Request!.ToConflictPolicy())
                : null;
            if (policies?.Contains(ConflictPolicy.Replace) == true && !TimerProblems.MayReplace(context))
            {
                return TimerProblems.MayNotReplace(context.Response);
            }

            TimerScheduled[] timers = [.. good.Select(pair => pair.Timer)];
            using var room = await quotas.TakeAsync(context, timers);
            if (room.Exceeded is { } exceeded)
            {
                return TimerProblems.QuotaExceeded(context.Response, quotas, exceeded);
            }

            var accepted = await room.CreateAsync(
                () => acceptance.AcceptAsync(tenant, timers, policies, PreferWait.Apply(context), cancellationToken));
            for (var i = 0; i < accepted.Count; i++)
            {
                good[i].Item.Accepted = accepted[i];
            }
        }

        var resource = BatchResource.From(items);
        var status = resource.Refused == 0
            ? items.Any(item => item.Accepted!.Acceptance == Acceptance.Durable) ? StatusCodes.Status202Accepted
            : StatusCodes.Status201Created
            : resource.Accepted > 0 ? StatusCodes.Status207MultiStatus : StatusCodes.Status400BadRequest;
        return new JsonAnswer<BatchResource>(resource, TimerResourcesJson.Http.BatchResource, status);
    }

    private static BatchItem ReadItem(ReadOnlySequence<byte> json, TimerRequestReader reader, ErrorRoom room)
    {
        var item = new BatchItem(room);
        using var document = JsonBody.ParseObject(json, item.Errors);
        if (document is not null)
        {
            item.Request = reader.Read(document.RootElement, item.Errors);
        }

        return item;
    }
}
