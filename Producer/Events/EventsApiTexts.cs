using Contracts.Common;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;

namespace Producer.Events;

/// <summary>Events in the API document.</summary>
internal sealed class EventsApiTexts : ApiTexts
{
    private const string Example = "AQAHZGVmYXVsdAAGZXZlbnRzAAQyYTRmR0Yy";

    public override string Answer(string operation, string status) =>
        $$"""{ "trackingId": "{{Example}}", "state": "queued" }""";

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name == "trackingId"
        ? ("The `X-Tracking-Id` of the response, or the `trackingId` of an item.",
            new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 4_096 })
        : null;

    public override (string Title, string Detail, string More)? Problem(string status) => status == "404"
        ? ("There is no such event.", "No event of yours has this tracking id, or it is no longer remembered.", string.Empty)
        : null;

    public override IEnumerable<string> RequestHeaders(string operation) => [PreferWait.Header];

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => status == "200" ? [PreferWait.Applied] : [];

    /// <summary>
    /// Describes an operation that takes events in all their forms: the schema of one is that of its JSON; lines are text.
    /// </summary>
    public static void DescribeEvents(OpenApiOperation operation)
    {
        const string Json = "application/json";
        var request = operation.RequestBody!.Content!;
        request[BatchBody.Ndjson].Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event per line." };
        var one = request[Json].Schema!;
        request[Json].Schema = new OpenApiSchema { OneOf = [one, ApiShapes.List(one, 0, BatchBody.MaxItems)] };
        request[CloudEvents.Structured].Schema = Envelope(one);
        request[CloudEvents.Batch].Schema = ApiShapes.List(Envelope(one), 0, BatchBody.MaxItems);
        var responses = operation.Responses!;
        var (single, many) = (responses["200"].Content![Json].Schema!, responses["207"].Content![Json].Schema!);
        responses["200"].Content![Json].Schema = new OpenApiSchema { OneOf = [single, many] };
        responses["201"].Content![Json].Schema = new OpenApiSchema { OneOf = [single, many] };
        responses["202"].Content![Json].Schema = new OpenApiSchema { OneOf = [single, many] };
        responses["400"].Content![Json] = new OpenApiMediaType { Schema = many };
    }

    /// <summary>The instant of an event, in any form that is read.</summary>
    public static OpenApiSchema Timestamp() =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Number, MaxLength = EventInstant.MaxLength };

    private static OpenApiSchema Envelope(IOpenApiSchema data) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["specversion"] = ApiShapes.Words("1.0"),
            ["id"] = ApiShapes.Text(1, 1_024),
            ["source"] = ApiShapes.Text(1, 1_024),
            ["type"] = ApiShapes.Text(1, 1_024),
            ["subject"] = ApiShapes.Text(0, 1_024),
            ["time"] = ApiShapes.Text(0, EventInstant.MaxLength),
            ["data"] = data,
        },
        Required = new HashSet<string>(StringComparer.Ordinal) { "specversion", "id", "source", "type" },
    };

    public override void Bound(ApiSchemaSet schemas)
    {
        if (schemas.Find("EventResource")?.Properties is { } properties)
        {
            var states = ApiShapes.Words("queued", "applied", "duplicate", "rejected");
            states.Description = properties["state"].Description;
            properties["state"] = states;
        }
    }
}
