using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;
using Producer.Live;

namespace Producer.Events;

/// <summary>What the API document says of every slice of events; a slice adds its own.</summary>
internal abstract class EventSliceApiTexts : ApiTexts
{
    protected const string Json = "application/json";

    /// <summary>The operations that take events, by their ids.</summary>
    protected abstract IReadOnlyDictionary<string, EventExample> Posts { get; }

    /// <summary>The operations that erase.</summary>
    protected abstract IReadOnlyCollection<string> Erasures { get; }

    /// <summary>The operations that answer with text, and what each piece of it is.</summary>
    protected abstract IReadOnlyDictionary<string, string> Texts { get; }

    /// <summary>The live streams among them.</summary>
    protected abstract IReadOnlyCollection<string> Streams { get; }

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) =>
        Posts.TryGetValue(operation, out var example)
            ?
            [
                (Json, example.Title, example.Event),
                (BatchBody.Ndjson, example.LinesTitle, example.Lines),
                (CloudEvents.Structured, "A CloudEvent", example.Wrapped),
                (CloudEvents.Batch, "A batch of CloudEvents", $"[{example.Wrapped}]"),
            ]
            : [];

    public override string Answer(string operation, string status) => (Posts[operation], status) switch
    {
        (var example, "200") => $$"""
            { "status": 200, "retryable": false, "eventId": "{{example.EventId}}", "trackingId": "{{example.TrackingId}}",
              "duplicate": true }
            """,
        (var example, "201" or "202") => $$"""
            { "accepted": 1, "duplicates": 0, "refused": 0,
              "results": [{ "index": 0, "status": {{status}}, "retryable": false, "eventId": "{{example.EventId}}",
                "trackingId": "{{example.TrackingId}}" }] }
            """,
        var (example, _) => $$"""
            { "accepted": 0, "duplicates": 0, "refused": 1,
              "results": [{ "index": 0, "status": 400, "retryable": false, "errors": { "{{example.Field}}": ["is required"] } }] }
            """,
    };

    public override (string Title, string Detail, string More)? Problem(string status) =>
        status == "501" ? LiveApiTexts.NotShared : null;

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "format" => ("The form of the lines. Default ndjson.", ApiShapes.Words("ndjson", "csv")),
        EventIds.Header => (
            "Used as the event's `eventId`; in a request with several events, together with each one's place.",
            ApiShapes.Text(1, EventIds.MaxLength)),
        _ => LiveApiTexts.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) =>
        Posts.ContainsKey(operation) ? [EventIds.Header, PreferWait.Header]
        : Erasures.Contains(operation) ? [PreferWait.Header]
        : Streams.Contains(operation) ? [LiveStream.LastEventId] : [];

    public override IEnumerable<string> ResponseHeaders(string operation, string status) =>
        Posts.ContainsKey(operation) && status is "200" or "201" or "202"
            ? ["Location", EventAnswers.TrackingHeader, PreferWait.Applied]
            : Erasures.Contains(operation) && status is "202" or "204" ? [EventAnswers.TrackingHeader, PreferWait.Applied] : [];

    /// <summary>Lines are text, CloudEvents wrap what stands alone, and one event is answered by itself.</summary>
    public override void Describe(OpenApiOperation operation)
    {
        // Only so that routing does not refuse other types before a seed's route can, in its own shape.
        operation.RequestBody?.Content?.Remove(SeedBody.AnyType);
        if (Posts.ContainsKey(operation.OperationId!))
        {
            EventsApiTexts.DescribeEvents(operation);
        }
        else if (Texts.TryGetValue(operation.OperationId!, out var text))
        {
            foreach (var media in operation.Responses!["200"].Content!.Values)
            {
                media.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = text };
            }
        }
    }

    protected static OpenApiSchema Text(params string[] examples) => new()
    {
        Type = JsonSchemaType.String,
        Examples = [.. examples.Select(example => (JsonNode)example)],
    };
}

/// <summary>The example of an operation that takes events.</summary>
/// <param name="Title">What the event is.</param>
/// <param name="Event">One event, as JSON.</param>
/// <param name="LinesTitle">What the lines are.</param>
/// <param name="Lines">Events, one to a line.</param>
/// <param name="Envelope">The type and the source of a CloudEvent that wraps it.</param>
/// <param name="EventId">The id in answers.</param>
/// <param name="TrackingId">The tracking id in answers.</param>
/// <param name="Field">A field that is required.</param>
internal sealed record EventExample(
    string Title, string Event, string LinesTitle, string Lines, (string Type, string Source) Envelope, string EventId,
    string TrackingId, string Field)
{
    /// <summary>The event in an envelope.</summary>
    public string Wrapped =>
        $$"""{ "specversion": "1.0", "id": "1", "source": "{{Envelope.Source}}", "type": "{{Envelope.Type}}", "data": {{Event}} }""";
}
