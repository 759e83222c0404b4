using Contracts.Timers;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;
using Producer.Live;

namespace Producer.Timers;

/// <content>Parameters and headers.</content>
internal sealed partial class TimerApiTexts
{
    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "id" => ("The timer's id: your own, or the one returned when it was created.", IdSchema()),
        "state" => ("Only timers in this state.", ApiShapes.Words([.. Enum.GetValues<TimerState>().Select(TimerResource.StateName)])),
        "timer" => ("Only this timer.", IdSchema()),
        "tag" => (
            "Only timers with this tag; given several times, only timers with all of them.",
            ApiShapes.List(ApiShapes.Text(1, TimerRules.MaxTagLength), 0, TimerRules.MaxTags)),
        "dueFrom" => ("Only timers due at or after this instant.", ApiShapes.Instant()),
        "dueTo" => ("Only timers due before this instant.", ApiShapes.Instant()),
        "cursor" => ("The `next` of the previous page.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{1,15}$" }),
        "limit" => ("Maximum page size. Default 50.", ApiShapes.Whole(1, TimerFilter.MaxLimit)),
        "Idempotency-Key" => (
            "A key that you choose; repeating the request with it returns the first timer. Visible ASCII.",
            new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[!-~]{1,255}$" }),
        _ => LiveApiTexts.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) => operation switch
    {
        "scheduleTimer" => ["Idempotency-Key", PreferWait.Header],
        "scheduleTimerBatch" or "seedCreateTimer" => [PreferWait.Header],
        "watchTimers" => [LiveStream.LastEventId],
        _ when IsCommand(operation) => ["If-Match"],
        _ => [],
    };

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => (operation, status) switch
    {
        ("scheduleTimer", "201" or "202") => ["Location", "ETag", "Idempotent-Replayed", "X-Tracking-Id", PreferWait.Applied],
        ("scheduleTimerBatch", "201" or "202" or "207") => [PreferWait.Applied],
        ("seedCreateTimer", "201") => ["Location", "X-Tracking-Id", PreferWait.Applied],
        (_, "202") when IsCommand(operation) => ["Location", "ETag"],
        (_, "200") when operation == "getTimer" || IsCommand(operation) => ["ETag"],
        ("scheduleTimer", "200") => ["Location", "ETag", "X-Tracking-Id", PreferWait.Applied],
        _ => [],
    };

    public override string? ResponseHeader(string name) => name switch
    {
        "ETag" => "The timer's version, for If-Match.",
        "Location" => "The address to read the timer from.",
        "Idempotent-Replayed" => "true if an earlier request with the same key created it.",
        _ => null,
    };

    /// <summary>Lines are text, the array is bounded, and a batch without a good item is a 400 with results.</summary>
    public override void Describe(OpenApiOperation operation)
    {
        operation.RequestBody?.Content?.Remove(SeedTimers.AnyType);
        if (operation.OperationId == "scheduleTimerBatch")
        {
            DescribeBatch(operation);
        }
        else if (operation.OperationId == "watchTimers")
        {
            LiveApiTexts.Describe(operation);

            // Listings take several.
            var tag = (OpenApiParameter)operation.Parameters!.Single(parameter => parameter.Name == "tag");
            tag.Description = "Only timers with this tag.";
            tag.Schema = ApiShapes.Text(1, TimerRules.MaxTagLength);
        }
    }

    private static bool IsCommand(string operation) =>
        operation is "changeTimer" or "deleteTimer" or "cancelTimer" or "pauseTimer" or "resumeTimer" or "fireTimer" or "touchTimer"
        or "replayTimer";

    private static void DescribeBatch(OpenApiOperation operation)
    {
        var request = operation.RequestBody!.Content!;
        var array = (OpenApiSchema)request[Json].Schema!;
        array.MinItems = 1;
        array.MaxItems = BatchBody.MaxItems;
        request[BatchBody.Ndjson].Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One timer per line." };
        var responses = operation.Responses!;
        responses["400"].Content![Json] = new OpenApiMediaType { Schema = responses["207"].Content![Json].Schema };
    }
}
