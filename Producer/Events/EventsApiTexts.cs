using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;

namespace Producer.Events;

/// <summary>Events in the API document.</summary>
internal sealed class EventsApiTexts : ApiTexts
{
    private const string Example = "AQAHZGVmYXVsdAAGdGltZXJzAAQyYTRmR0Yy";

    public override string Answer(string operation, string status) =>
        $$"""{ "trackingId": "{{Example}}", "state": "applied", "location": "/api/v1/timers/019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11" }""";

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name == "trackingId"
        ? ("The `X-Tracking-Id` of the response, or the `trackingId` of an item.",
            new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 1_024 })
        : null;

    public override (string Title, string Detail, string More)? Problem(string status) => status == "404"
        ? ("There is no such event.", "No event of yours has this tracking id, or it is no longer remembered.", string.Empty)
        : null;

    public override IEnumerable<string> RequestHeaders(string operation) => [PreferWait.Header];

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => status == "200" ? [PreferWait.Applied] : [];

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
