using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>POST /timers/batch: creates many timers; valid items are accepted even if others are not.</summary>
internal static class ScheduleTimerBatch
{
    public const int MaxItems = 10_000;
    public const int MaxBytes = 10 * 1024 * 1024;
    private const int MaxArrayDepth = 10_000;
    public const string Ndjson = "application/x-ndjson";

    public static void MapScheduleTimerBatch(this IEndpointRouteBuilder timers) => timers.MapPost("/batch", HandleAsync)
        .WithName("scheduleTimerBatch")
        .WithSummary("Create many timers")
        .WithDescription(
            "A JSON array, or one JSON object per line (`application/x-ndjson`); up to 10,000 items or 10 MB, gzip accepted. "
            + "201 or 202 if all were accepted, 207 if some were refused, 400 if all were; always with one result per item, in order. "
            + "An `Idempotency-Key` is refused here; give items their own `id` to make them safe to send again.")
        .Accepts<TimerRequest[]>("application/json", Ndjson)
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxBytes))
        .Produces<BatchResource>(StatusCodes.Status201Created)
        .Produces<BatchResource>(StatusCodes.Status202Accepted)
        .Produces<BatchResource>(StatusCodes.Status207MultiStatus)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<JsonAnswer<BatchResource>, ProblemHttpResult>> HandleAsync(
        HttpContext context, TimerRequestReader reader, TimerAcceptance acceptance, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var lines = request.ContentType?.StartsWith(Ndjson, StringComparison.OrdinalIgnoreCase) == true;
        if (!lines && !JsonBody.IsAccepted(request))
        {
            return Problems.UnsupportedMediaType($"application/json or {Ndjson}");
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
            items = lines ? ReadLines(body, reader, errors) : ReadArray(body, reader, errors);
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
        var good = items.Where(item => !item.Errors.Any)
            .Select(item => (Item: item, Timer: acceptance.Prepare(tenant, item.Request!, null)))
            .ToList();
        if (good.Count > 0)
        {
            var accepted = await acceptance.AcceptAsync(
                tenant, [.. good.Select(pair => pair.Timer)], PreferWait.Apply(context), cancellationToken);
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

    /// <summary>
    /// Cuts the array into its items without building any of them: each is parsed by itself, so that one that is nested too deeply or
    /// has duplicate names does not fail the rest.
    /// </summary>
    private static List<BatchItem>? ReadArray(ReadOnlySequence<byte> body, TimerRequestReader reader, FieldErrors errors)
    {
        var cuts = FindItems(body, errors);
        if (cuts is null || !IsCountAllowed(cuts.Count, errors))
        {
            return null;
        }

        var room = new ErrorRoom();
        return cuts.ConvertAll(cut => ReadItem(body.Slice(cut.Start, cut.Length), reader, room));
    }

    private static List<(long Start, long Length)>? FindItems(ReadOnlySequence<byte> body, FieldErrors errors)
    {
        var items = new List<(long Start, long Length)>();
        try
        {
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxArrayDepth });
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                while (json.Read())
                {
                    // What follows may be no JSON at all, and then that is what is wrong.
                }

                errors.Add("$", "must be a JSON array of timers");
                return null;
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var start = json.TokenStartIndex;
                json.Skip();
                if (items.Count <= MaxItems)
                {
                    items.Add((start, json.BytesConsumed - start));
                }
            }

            while (json.Read())
            {
                // Nothing may follow; the reader throws if something does.
            }

            return items;
        }
        catch (JsonException error)
        {
            errors.Add("$", JsonBody.Describe(error, MaxArrayDepth));
            return null;
        }
    }

    private static List<BatchItem>? ReadLines(ReadOnlySequence<byte> body, TimerRequestReader reader, FieldErrors errors)
    {
        var items = new List<BatchItem>();
        var room = new ErrorRoom();
        var rest = new SequenceReader<byte>(body);
        while (!rest.End)
        {
            if (!rest.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            {
                line = rest.UnreadSequence;
                rest.AdvanceToEnd();
            }

            if (IsBlank(line))
            {
                continue;
            }

            if (items.Count == MaxItems)
            {
                IsCountAllowed(MaxItems + 1, errors);
                return null;
            }

            items.Add(ReadItem(line, reader, room));
        }

        return IsCountAllowed(items.Count, errors) ? items : null;
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

    private static bool IsCountAllowed(int count, FieldErrors errors)
    {
        if (count is > 0 and <= MaxItems)
        {
            return true;
        }

        errors.Add("$", $"must hold 1 to {MaxItems} timers");
        return false;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }

        return true;
    }
}
