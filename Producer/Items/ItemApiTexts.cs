using Contracts.Items;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Events;
using Producer.Http;

namespace Producer.Items;

/// <summary>Items in the API document.</summary>
internal sealed class ItemApiTexts : EventSliceApiTexts
{
    private const string TrackingId = "AQAHZGVmYXVsdAAFaXRlbXMAF3UwMTlhNGMx";
    private const string UserId = "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11";
    private const string BaseItemId = "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a12";
    private const string ItemId = "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a13";

    private const string User = $$"""{ "timestamp": "2023-01-01T00:00:00Z", "eventId": "{{UserId}}" }""";

    private const string BaseItem =
        $$"""{ "description": "A red chair.", "timestamp": "2023-01-01T00:00:00Z", "eventId": "{{BaseItemId}}" }""";

    private const string Item =
        $$"""{ "baseItem": "{{BaseItemId}}", "timestamp": "2023-01-01T00:00:00Z", "eventId": "{{ItemId}}" }""";

    private const string Transfer =
        $$"""{ "item": "{{ItemId}}", "to": "{{UserId}}", "timestamp": "2023-01-02T00:00:00Z", "eventId": "t-17" }""";

    protected override IReadOnlyDictionary<string, EventExample> Posts { get; } = new Dictionary<string, EventExample>
    {
        ["postItemUsers"] = new(
            "A user", User, "Two lines", "{}\n{\"eventId\":\"customer-17\"}\n", ("item.user", "/shops/7"), UserId, TrackingId, "timestamp"),
        ["postBaseItems"] = new(
            "A base item", BaseItem, "A line", "{\"description\":\"A red chair.\"}\n", ("item.base-item", "/shops/7"), BaseItemId,
            TrackingId, "description"),
        ["postItems"] = new(
            "An item", Item, "A line", $"{{\"baseItem\":\"{BaseItemId}\"}}\n", ("item.item", "/shops/7"), ItemId, TrackingId, "baseItem"),
        ["postItemTransfers"] = new(
            "A transfer", Transfer, "A line", $"{{\"item\":\"{ItemId}\",\"to\":\"{UserId}\"}}\n", ("item.transfer", "/shops/7"), "t-17",
            TrackingId, "to"),
    };

    protected override IReadOnlyCollection<string> Erasures { get; } = ["eraseItemUser"];

    protected override IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>
    {
        ["exportItems"] = "One of them per line.",
        ["watchItemStatistics"] = "Server-sent events.",
        ["seedWatchTransfers"] = "Server-sent events.",
        ["seedWatchItemCreation"] = "Server-sent events.",
    };

    protected override IReadOnlyCollection<string> Streams { get; } = ["watchItemStatistics"];

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "seedPostBaseItem" => [(Json, "A base item", """{ "description": "A red chair." }""")],
        "seedPostItem" => [(Json, "An item", $$"""{ "base_item_id": "{{BaseItemId}}" }""")],
        "seedPutOwnership" => [(Json, "A new owner", $$"""{ "to": "{{UserId}}" }""")],
        _ => base.Requests(operation),
    };

    public override string Answer(string operation, string status) => operation switch
    {
        "postItemUsers" or "postBaseItems" or "postItems" or "postItemTransfers" => base.Answer(operation, status),
        "getItemUser" => $$"""{ "id": "{{UserId}}", "createdAt": "2023-01-01T00:00:00Z" }""",
        "getBaseItem" => $$"""{ "id": "{{BaseItemId}}", "description": "A red chair.", "createdAt": "2023-01-01T00:00:00Z" }""",
        "getItem" =>
            $$"""{ "id": "{{ItemId}}", "baseItem": "{{BaseItemId}}", "createdAt": "2023-01-01T00:00:00Z", "owner": "{{UserId}}" }""",
        "getItemOwner" => $$"""{ "item": "{{ItemId}}", "owner": "{{UserId}}", "since": "2023-01-02T00:00:00Z", "eventId": "t-17" }""",
        "listItemTransfers" => $$"""
            { "items": [{ "eventId": "t-17", "to": "{{UserId}}", "timestamp": "2023-01-02T00:00:00Z",
                "receivedAt": "2023-01-02T00:00:01.000Z", "address": "203.0.113.0" }] }
            """,
        "getItemStatistics" => """
            { "what": "transfers", "unit": "day", "points": [{ "time": "2023-01-02T00:00:00Z", "count": 12 }] }
            """,
        "exportItems" => $$"""{ "id": "{{ItemId}}", "timestamp": "2023-01-02T00:00:00Z", "to": "{{UserId}}", "eventId": "t-17" }""",
        "watchItemStatistics" => "event: change\ndata: {\"time\":\"2023-01-02T00:00:00Z\",\"count\":12}\nid: 1764400000000-0\n\n",
        "seedWatchTransfers" or "seedWatchItemCreation" => "data: [{\"time\":\"2023-01-02T00:00:00.000Z\",\"count\":\"12\"}]\n\n",
        "seedPostUser" or "seedGetItemOwner" => $$"""{ "id": "{{UserId}}" }""",
        "seedPostBaseItem" => $$"""{ "id": "{{BaseItemId}}", "description": "A red chair." }""",
        _ => $$"""{ "id": "{{ItemId}}", "base_item_id": "{{BaseItemId}}", "created_at": "2023-01-01T00:00:00.000Z" }""",
    };

    /// <summary>What an export has is another list than what statistics count.</summary>
    public override void Describe(OpenApiOperation operation)
    {
        base.Describe(operation);
        if (operation.OperationId == "exportItems"
            && operation.Parameters?.FirstOrDefault(each => each.Name == "what") is OpenApiParameter what)
        {
            (what.Description, what.Schema) = ("What to export. Default transfers.", ApiShapes.Words([.. ExportItems.Kinds]));
        }
    }

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "404" => ("Not found.", ReadItems.NoItem(ItemId), string.Empty),
        "422" => ("The event has no effect.", TransferItems.Reasons.Dropped, string.Empty),
        "500" => ("The request was accepted but could not be applied.",
            "It lacks an id. It is kept as the dead letter '5f0c6b6e0a0e4c3c9f60a4f6f0d8a119'.", string.Empty),
        _ => base.Problem(status),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "userId" => ("The user's id.", Id()),
        "baseItemId" => ("The base item's id.", Id()),
        "itemId" => ("The item's id.", Id()),
        "what" => ("What is counted.", ApiShapes.Words([.. ItemStatistics.All.Keys])),
        "unit" => ("How long each point lasts.", ApiShapes.Words([.. ItemStatistics.Units.Keys])),
        "from" => ("The first instant, in any form that timestamps may have.", Text("2023-01-01T00:00:00Z")),
        "to" => ("The instant before which it ends.", Text("2023-02-01T00:00:00Z")),
        "order" => ("asc for time order, desc for the latest first. Default asc.", ApiShapes.Words("asc", "desc")),
        _ => base.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) =>
        IsSeedWrite(operation) ? [EventIds.Header, PreferWait.Header] : base.RequestHeaders(operation);

    public override IEnumerable<string> ResponseHeaders(string operation, string status) =>
        IsSeedWrite(operation) && status is "201" or "204" ? [EventAnswers.TrackingHeader, PreferWait.Applied]
        : base.ResponseHeaders(operation, status);

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Find("TransferList")?.Required!.Remove("next");
        Bound(schemas, "ItemUserRequest", []);
        Bound(schemas, "BaseItemRequest", new() { ["description"] = ApiShapes.Text(0, BaseItemCreated.MaxDescriptionLength) });
        Bound(schemas, "ItemRequest", new() { ["baseItem"] = Id() });
        Bound(schemas, "TransferRequest", new() { ["item"] = Id(), ["to"] = Id() });
        Require(schemas, "SeedBaseItemRequest", "description", ApiShapes.Text(0, BaseItemCreated.MaxDescriptionLength));
        Require(schemas, "SeedItemRequest", "base_item_id", Id());
        Require(schemas, "SeedOwnership", "to", Id());
    }

    private static void Bound(ApiSchemaSet schemas, string name, Dictionary<string, OpenApiSchema> required)
    {
        HashSet<string> names = [.. required.Keys];
        required["timestamp"] = EventsApiTexts.Timestamp().OrNull();
        required["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull();
        schemas.Bound(name, required)?.Required = names;
    }

    private static void Require(ApiSchemaSet schemas, string name, string field, OpenApiSchema schema) =>
        schemas.Bound(name, new() { [field] = schema })?.Required = new HashSet<string>(StringComparer.Ordinal) { field };

    private static OpenApiSchema Id() => new() { Type = JsonSchemaType.String, Format = "uuid" };

    private static bool IsSeedWrite(string operation) =>
        operation is "seedPostUser" or "seedPostBaseItem" or "seedPostItem" or "seedPutOwnership";
}
