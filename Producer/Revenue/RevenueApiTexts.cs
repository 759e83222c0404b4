using Contracts.Revenue;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>Revenue in the API document.</summary>
internal sealed class RevenueApiTexts : EventSliceApiTexts
{
    private const string TrackingId = "AQAHZGVmYXVsdAAHcmV2ZW51ZQAX";
    private const string AmountPattern = "^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$";

    private const string Event = """
        { "user": "user-5", "name": "add_revenue", "value": 12.50, "currency": "EUR", "timestamp": "2023-01-01T00:00:00Z",
          "eventId": "e-17" }
        """;

    private const string Adjustment = """
        { "user": "user-5", "original": "e-17", "delta": "-2.50", "reason": "A voucher.", "timestamp": "2023-01-02T00:00:00Z",
          "eventId": "a-17" }
        """;

    private const string User = """
        { "id": "user-5", "balances": [{ "currency": "EUR", "total": "12.5", "events": 1 }], "lastSeenAt": "2023-01-01T00:00:01.000Z" }
        """;

    private const string Type = """
        { "name": "refund", "sign": "subtract", "schema": { "properties": { "value": { "maximum": 1000 } } } }
        """;

    private const string Sum = """
        { "currency": "EUR", "added": "15", "subtracted": "2.5", "revenue": "12.5", "events": 2 }
        """;

    protected override IReadOnlyDictionary<string, EventExample> Posts { get; } = new Dictionary<string, EventExample>
    {
        ["postRevenueEvents"] = new(
            "One event", Event, "Two lines",
            "{\"user\":\"user-5\",\"name\":\"add_revenue\",\"value\":100}\n"
            + "{\"user\":\"user-5\",\"name\":\"subtract_revenue\",\"value\":\"0.000000001\",\"currency\":\"BTC\"}\n",
            ("revenue.event", "/shops/7"), "e-17", TrackingId, "value"),
        ["adjustRevenue"] = new(
            "A voucher", Adjustment, "A line", "{\"user\":\"user-5\",\"original\":\"e-17\",\"delta\":1,\"eventId\":\"a-18\"}\n",
            ("revenue.adjustment", "/shops/7"), "a-17", TrackingId, "delta"),
    };

    protected override IReadOnlyCollection<string> Erasures { get; } = ["eraseRevenueUser"];

    protected override IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>
    {
        ["exportRevenue"] = "One entry per line.",
        ["watchRevenue"] = "Server-sent events.",
    };

    protected override IReadOnlyCollection<string> Streams { get; } = ["watchRevenue"];

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "putRevenueEventType" =>
            [(Json, "A refund", """{ "sign": "subtract", "schema": { "properties": { "value": { "maximum": 1000 } } } }""")],
        "seedPostLiveEvent" => [(Json, "Revenue", """{ "userId": "user1", "name": "add_revenue", "value": 100 }""")],
        _ => base.Requests(operation),
    };

    public override string Answer(string operation, string status) => (operation, status) switch
    {
        ("postRevenueEvents" or "adjustRevenue", _) => base.Answer(operation, status),
        ("putRevenueEventType" or "getRevenueEventType", _) => Type,
        ("listRevenueEventTypes", _) => $$"""{ "items": [{ "name": "add_revenue", "sign": "add" }, {{Type}}] }""",
        ("listRevenueUsers", _) => $$"""{ "items": [{{User}}] }""",
        ("getRevenueUser", _) => User,
        ("listRevenueEntries", _) => """
            { "items": [{ "eventId": "a-17", "timestamp": "2023-01-02T00:00:00Z", "amount": "-2.5", "currency": "EUR", "original": "e-17",
                "reason": "A voucher.", "receivedAt": "2023-01-02T00:00:01.000Z", "address": "203.0.113.0" }] }
            """,
        ("getRevenueStats", _) => $$"""
            { "from": "2023-01-01T00:00:00Z", "to": "2023-02-01T00:00:00Z", "zone": "Europe/Berlin", "totals": [{{Sum}}],
              "series": [{ "at": "2023-01-01T00:00:00Z", "currency": "EUR", "added": "15", "subtracted": "2.5", "revenue": "12.5",
                "events": 2 }] }
            """,
        ("watchRevenue", _) =>
            "event: change\ndata: {\"id\":\"user-5\",\"balances\":[{\"currency\":\"EUR\",\"total\":\"12.5\",\"events\":1}]}\n"
            + "id: 1764400000000-0\n\n",
        ("exportRevenue", _) => """
            { "user": "user-5", "timestamp": "2023-01-01T00:00:00Z", "eventId": "e-17", "name": "add_revenue", "amount": "12.5",
              "currency": "EUR" }
            """,
        ("seedPostLiveEvent", "200") => """{ "message": "Event received" }""",
        ("seedPostLiveEvent", "401") => """{ "error": "Unauthorized" }""",
        ("seedPostLiveEvent", "400") => """{ "error": "value must not be below 0" }""",
        ("seedGetUserEvents", "200") => """[{ "user_id": "user1", "revenue": "150" }]""",
        _ => """{ "error": "Internal server error" }""",
    };

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "404" => ("There is no such user.", "Nothing is known of the user 'user-5'.", string.Empty),
        "422" => ("The event has no effect.", PostRevenueEvents.Reasons.Dropped, string.Empty),
        "500" => ("The request was accepted but could not be applied.",
            "It holds 2,000 events. It is kept as the dead letter '5f0c6b6e0a0e4c3c9f60a4f6f0d8a119'.", string.Empty),
        _ => base.Problem(status),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "userId" => ("The user's id; a slash in it is escaped.", ApiShapes.Text(1, RevenueEvent.MaxUserLength)),
        "user" => ("Only this user.", ApiShapes.Text(1, RevenueEvent.MaxUserLength)),
        "name" => ("The name of events; a slash in it is escaped.", ApiShapes.Text(1, RevenueEvent.MaxNameLength)),
        "currency" => ("Only this currency.", Currency()),
        "from" => ("The first instant, in any form that timestamps may have; of sums also a date.", Text("2023-01-01T00:00:00Z")),
        "to" => ("The instant before which it ends; of sums also a date. Default: now.", Text("2023-02-01T00:00:00Z")),
        "order" => ("asc for time order, desc for the latest first. Default asc.", ApiShapes.Words("asc", "desc")),
        "resolution" => ("Also step by step, of this length: an ISO 8601 duration.", Text("PT1M", "PT1H", "P1D", "P1W", "P1M", "P1Y")),
        "zone" => ("The IANA time zone of steps and dates. Default UTC, or as the service is configured.", Text("Europe/Berlin")),
        SeedLiveEvent.Authorization => ("The service's secret.", Text("secret")),
        _ => base.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) => operation == "seedPostLiveEvent"
        ? [SeedLiveEvent.Authorization, EventIds.Header, PreferWait.Header] : base.RequestHeaders(operation);

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => (operation, status) switch
    {
        ("seedPostLiveEvent", "200" or "500") => [EventAnswers.TrackingHeader, PreferWait.Applied],
        ("putRevenueEventType", "201") => ["Location"],
        _ => base.ResponseHeaders(operation, status),
    };

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Find("RevenueUserList")?.Required!.Remove("next");
        schemas.Find("LedgerEntryList")?.Required!.Remove("next");
        schemas.Find("RevenueEventTypeResource")?.Required!.Remove("schema");
        schemas.Bound("RevenueEventRequest", new()
        {
            ["user"] = ApiShapes.Text(1, RevenueEvent.MaxUserLength),
            ["name"] = ApiShapes.Text(1, RevenueEvent.MaxNameLength),
            ["value"] = Decimal(minimum: "0"),
            ["currency"] = Currency().OrNull(),
            ["timestamp"] = EventsApiTexts.Timestamp().OrNull(),
            ["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "user", "name", "value" };
        schemas.Bound("RevenueAdjustmentRequest", new()
        {
            ["user"] = ApiShapes.Text(1, RevenueEvent.MaxUserLength),
            ["original"] = ApiShapes.Text(1, EventIds.MaxLength),
            ["delta"] = Decimal(minimum: null),
            ["reason"] = ApiShapes.Text(1, RevenueEvent.MaxReasonLength).OrNull(),
            ["timestamp"] = EventsApiTexts.Timestamp().OrNull(),
            ["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "user", "original", "delta" };
        schemas.Bound("RevenueEventTypeRequest", new()
        {
            ["sign"] = ApiShapes.Words(RevenueEventTypeRequest.Add, RevenueEventTypeRequest.Subtract),
            ["schema"] = new OpenApiSchema { Type = JsonSchemaType.Object }.OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "sign" };
        if (schemas.Find("SeedLiveEventRequest")?.Properties is { } seed)
        {
            // Other fields are ignored, as the seed did.
            seed["userId"] = Described(ApiShapes.Text(1, RevenueEvent.MaxUserLength), seed["userId"].Description);
            seed["name"] = Described(ApiShapes.Text(1, RevenueEvent.MaxNameLength), seed["name"].Description);
            seed["value"] = Described(Decimal(minimum: "0"), seed["value"].Description);
        }
    }

    private static OpenApiSchema Described(OpenApiSchema schema, string? description)
    {
        schema.Description = description;
        return schema;
    }

    private static OpenApiSchema Currency() => new() { Type = JsonSchemaType.String, Pattern = RevenueEvent.CurrencyPattern };

    /// <summary>An exact decimal number, or a text with one.</summary>
    private static OpenApiSchema Decimal(string? minimum) => new()
    {
        Type = JsonSchemaType.Number | JsonSchemaType.String,
        Minimum = minimum,
        Pattern = AmountPattern,
        MaxLength = RevenueRules.MaxAmountLength,
    };
}
