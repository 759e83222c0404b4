using Contracts.Timers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Producer.Timers;

namespace Producer.Docs;

/// <summary>Describes parameters and headers: handlers take them as plain text, to name every wrong one themselves.</summary>
internal sealed class ApiParameters : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> Parameters = new()
    {
        ["id"] = ("The timer's id: your own, or the one that creating it gave.", ApiShapes.Id),
        ["state"] = ("Only timers in this state.", () => ApiShapes.Words([.. Enum.GetValues<TimerState>().Select(TimerResource.StateName)])),
        ["tag"] = ("Only timers with this tag.", () => ApiShapes.Text(1, TimerRules.LongestTag)),
        ["dueFrom"] = ("Only timers due at or after this instant.", ApiShapes.Instant),
        ["dueTo"] = ("Only timers due before this instant.", ApiShapes.Instant),
        ["cursor"] = ("The `next` of the page before.", () => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{1,15}$" }),
        ["limit"] = ("Largest page. Default 50.", () => ApiShapes.Whole(1, TimerFilter.MostLimit)),
        ["Idempotency-Key"] = (
            "A key of your own; repeating the request under it gives the first timer again. Visible ASCII.",
            () => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[!-~]{1,255}$" }),
        ["Prefer"] = (
            "`wait=N`: rather wait up to N seconds (30 at most) for 201 than be answered 202.",
            () => new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["wait=1"] }),
        ["If-Match"] = (
            "The ETag of what you read last, or `*`: 412 when the timer has changed since.",
            () => new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["\"1\"", "*"] }),
    };

    private static readonly Dictionary<string, string> ResponseHeaders = new()
    {
        ["ETag"] = "The timer's version, for If-Match.",
        ["Location"] = "Where the timer is read.",
        ["Idempotent-Replayed"] = "true when an earlier request under the same key had created it.",
        ["Retry-After"] = "Seconds after which to try again.",
        ["X-Tracking-Id"] = "The timer's id.",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var name in RequestHeadersOf(operation.OperationId))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header });
        }

        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            var (description, schema) = Parameters[parameter.Name!];
            parameter.Description = description;
            parameter.Schema = schema();
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            foreach (var name in ResponseHeadersOf(operation.OperationId, status))
            {
                var headers = ((OpenApiResponse)response).Headers ??= new Dictionary<string, IOpenApiHeader>();
                var text = new OpenApiSchema { Type = JsonSchemaType.String };
                headers[name] = new OpenApiHeader { Description = ResponseHeaders[name], Schema = text };
            }
        }

        return Task.CompletedTask;
    }

    private static string[] RequestHeadersOf(string? operation) => operation switch
    {
        "scheduleTimer" => ["Idempotency-Key", "Prefer"],
        "scheduleTimerBatch" => ["Prefer"],
        "changeTimer" or "cancelTimer" or "pauseTimer" or "resumeTimer" or "fireTimer" or "replayTimer" => ["If-Match"],
        _ => [],
    };

    private static string[] ResponseHeadersOf(string? operation, string status) => (operation, status) switch
    {
        (_, "503") => ["Retry-After"],
        ("scheduleTimer", "201" or "202") => ["Location", "ETag", "Idempotent-Replayed"],
        ("seedCreateTimer", "201") => ["Location", "X-Tracking-Id"],
        ("changeTimer" or "cancelTimer" or "pauseTimer" or "resumeTimer" or "fireTimer" or "replayTimer", "202") => ["Location", "ETag"],
        ("getTimer" or "changeTimer" or "cancelTimer" or "pauseTimer" or "resumeTimer" or "fireTimer" or "replayTimer", "200") => ["ETag"],
        _ => [],
    };
}
