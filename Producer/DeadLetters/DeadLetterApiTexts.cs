using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;

namespace Producer.DeadLetters;

/// <summary>Dead letters in the API document.</summary>
internal sealed class DeadLetterApiTexts : ApiTexts
{
    private const string Json = "application/json";
    private const string Id = "5f0c6b6e0a0e4c3c9f60a4f6f0d8a119";

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation == "changeDeadLetter"
        ? [(Json, "Different content",
            """{ "content": { "timerId": "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11", "dueAt": "2030-01-31T08:00:00.000Z" } }""")]
        : [];

    public override string Answer(string operation, string status) => operation == "listDeadLetters"
        ? $$"""{ "items": [{{Letter("open", content: false)}}] }"""
        : Letter(operation == "replayDeadLetter" ? "replayed" : "open", content: true);

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "id" => ("The dead letter's id.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f]{32}$" }),
        "topic" => ("Only dead letters of this topic.", new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["timers"] }),
        "state" => ("Only dead letters in this state.", ApiShapes.Words("open", "replayed")),
        "cursor" => (
            "The `next` of the previous page.", new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9a-f-]{34,49}$" }),
        _ => null,
    };

    public override IEnumerable<string> RequestHeaders(string operation) => operation switch
    {
        "changeDeadLetter" or "deleteDeadLetter" => ["If-Match"],
        "replayDeadLetter" => ["If-Match", PreferWait.Header],
        _ => [],
    };

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => (operation, status) switch
    {
        ("replayDeadLetter", "200" or "202") => ["ETag", PreferWait.Applied],
        (not "listDeadLetters", "200") => ["ETag"],
        _ => [],
    };

    public override void Bound(ApiSchemaSet schemas)
    {
        if (schemas.Find("DeadLetterResource")?.Properties is { } letter)
        {
            var states = ApiShapes.Words("open", "replayed");
            states.Description = letter["state"].Description;
            letter["state"] = states;
        }

        schemas.Find("DeadLetterList")?.Required!.Remove("next");
        schemas.Bound("DeadLetterChange", new() { ["content"] = new OpenApiSchema() })?.Required =
            new HashSet<string>(StringComparer.Ordinal) { "content" };
    }

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "400" => ("The request is not valid.", "See errors for every field that is wrong.",
            """, "errors": { "content": ["is required"] }"""),
        "404" => ("There is no such dead letter.", $"No dead letter has the id '{Id}'.", string.Empty),
        _ => null,
    };

    private static string Letter(string state, bool content) => $$"""
        {
          "id": "{{Id}}",
          "state": "{{state}}",
          "topic": "timers",
          "type": "timer.scheduled",
          "key": "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11",
          "position": { "epoch": "0b0b6d8e3d9a4d5f8f8a1f3b5c7d9e11", "partition": 3, "offset": 4711 },
          "reason": "The message is empty.",
          "exception": "System.Text.Json.JsonException",
          "diedAt": "2030-01-31T08:00:00.000Z",
          "replays": {{(state == "replayed" ? 1 : 0)}}{{(content ? """, "content": { "timerId": null }""" : string.Empty)}}
        }
        """;
}
