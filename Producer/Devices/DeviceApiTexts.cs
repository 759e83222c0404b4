using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Events;
using Producer.Http;

namespace Producer.Devices;

/// <summary>Devices in the API document.</summary>
internal sealed class DeviceApiTexts : EventSliceApiTexts
{
    private const string Reading = """{ "device": "1234", "timestamp": "2023-01-01T00:00:00Z", "count": 3 }""";
    private const string Adjustment = """
        { "device": "1234", "timestamp": "2023-01-01T00:00:00Z", "delta": -1, "eventId": "a-17", "reason": "It counted the cleaner." }
        """;

    private const string TrackingId = "AQAHZGVmYXVsdAAHZGV2aWNlcwAX";

    protected override IReadOnlyDictionary<string, EventExample> Posts { get; } = new Dictionary<string, EventExample>
    {
        ["postReadings"] = new(
            "One reading", Reading, "Two lines",
            "{\"device\":\"1234\",\"timestamp\":\"2023-01-01T00:00:00Z\",\"count\":3}\n"
            + "{\"device\":\"1235\",\"timestamp\":1672531201,\"count\":0}\n",
            ("device.reading", "/gateways/7"), "a-17", TrackingId, "count"),
        ["adjustReadings"] = new(
            "One less", Adjustment, "A line",
            "{\"device\":\"1234\",\"timestamp\":\"2023-01-01T00:00:00Z\",\"delta\":2,\"eventId\":\"a-18\"}\n",
            ("device.reading", "/gateways/7"), "a-17", TrackingId, "count"),
    };

    protected override IReadOnlyCollection<string> Erasures { get; } = ["eraseDevice"];

    protected override IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>
    {
        ["exportReadings"] = "One reading per line.",
        ["watchDevices"] = "Server-sent events.",
    };

    protected override IReadOnlyCollection<string> Streams { get; } = ["watchDevices"];

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "putDevice" =>
        [
            (Json, "With a watch",
                """{ "name": "Entrance", "tags": ["door"], "quietAfter": "PT10M", "quietUrl": "http://127.0.0.1:9000/quiet" }"""),
        ],
        "seedIngest" => [(Json, "One reading",
            """{ "id": "5678", "readings": [{ "timestamp": "2023-01-01T00:00:00Z", "count": 3 }] }""")],
        _ => base.Requests(operation),
    };

    public override string Answer(string operation, string status) => (operation, status) switch
    {
        ("postReadings" or "adjustReadings", _) => base.Answer(operation, status),
        ("watchDevices", _) => "event: change\ndata: {\"id\":\"1234\",\"readings\":2,\"cumulativeCount\":5}\nid: 1764400000000-0\n\n",
        ("listDevices", _) => $$"""{ "items": [{{Device}}] }""",
        ("getDevice" or "putDevice", _) => Device,
        ("listReadings", _) =>
            """{ "items": [{ "timestamp": "2023-01-01T00:00:00Z", "count": 3, "receivedAt": "2023-01-01T00:00:01.000Z" }] }""",
        ("listAdjustments", _) => """
            { "items": [{ "timestamp": "2023-01-01T00:00:00Z", "delta": -1, "eventId": "a-17", "reason": "It counted the cleaner.",
                "receivedAt": "2023-01-01T00:00:02.000Z", "address": "203.0.113.0" }] }
            """,
        ("exportReadings", _) => """{ "device": "1234", "timestamp": "2023-01-01T00:00:00Z", "count": 3 }""",
        ("seedIngest", "202") =>
            """{ "results": [{ "id": "1234", "timestamp": "2023-01-01T00:00:00Z", "status": 202, "success": true }] }""",
        ("seedIngest", "207") => """
            { "results": [{ "id": "1234", "timestamp": "2023-01-01T00:00:00Z", "status": 409, "success": false,
                "error": "A reading for device 1234 at 2023-01-01T00:00:00Z has already been recorded. Duplicates are not allowed." }] }
            """,
        ("seedGetDevice", "200") =>
            """{ "data": { "2023-01-01T00:00:00Z": 3 }, "latest_timestamp": "2023-01-01T00:00:00Z", "cumulative_count": 3 }""",
        ("seedGetLatestTimestamp", "200") => """{ "latest_timestamp": "2023-01-01T00:00:00Z" }""",
        ("seedGetCumulativeCount", "200") => """{ "cumulative_count": 300 }""",
        (_, "404") => """{ "error": { "message": "Device 1234 not found" } }""",
        _ => """{ "error": { "message": "Request body is required" } }""",
    };

    private const string Device = """
        { "id": "1234", "name": "Entrance", "tags": ["door"], "readings": 2, "cumulativeCount": 5,
          "latestTimestamp": "2023-01-01T00:00:01Z", "lastSeenAt": "2023-01-01T00:00:02.000Z", "quietAfter": "PT10M",
          "quietUrl": "http://127.0.0.1:9000/quiet" }
        """;

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "404" => ("There is no such device.", "No device has the id '1234'.", string.Empty),
        "422" => ("The event has no effect.", "The device has no reading of this instant.", string.Empty),
        "500" => ("The request was accepted but could not be applied.",
            "It holds 2 instants and 1 counts. It is kept as the dead letter '5f0c6b6e0a0e4c3c9f60a4f6f0d8a119'.", string.Empty),
        _ => base.Problem(status),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "deviceId" => ("The device's id.", ApiShapes.Text(1, DeviceRules.MaxIdLength)),
        "device" => ("Only this device.", ApiShapes.Text(1, DeviceRules.MaxIdLength)),
        "tag" => ("Only devices with this tag.", ApiShapes.Text(1, DeviceRules.MaxTagLength)),
        "from" => ("The first instant, in any form that timestamps may have.", Text("2023-01-01T00:00:00Z")),
        "to" => ("The instant before which it ends.", Text("2023-02-01T00:00:00Z")),
        "resolution" => ("Sum readings in steps of this length, an ISO 8601 duration.", Text("PT1H", "P1D", "P1M")),
        _ => base.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) =>
        operation == "seedIngest" ? [PreferWait.Header] : base.RequestHeaders(operation);

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => (operation, status) switch
    {
        ("seedIngest", "202" or "207" or "503") => [EventAnswers.TrackingHeader, PreferWait.Applied],
        _ => base.ResponseHeaders(operation, status),
    };

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Find("DeviceList")?.Required!.Remove("next");
        schemas.Find("ReadingList")?.Required!.Remove("next");
        schemas.Find("AdjustmentList")?.Required!.Remove("next");
        if (schemas.Find("SeedIngestRequest")?.Properties is { } ingest)
        {
            // Other fields are ignored, as the seed did.
            ((OpenApiSchema)ingest["id"]).MinLength = 1;
            ((OpenApiSchema)ingest["id"]).MaxLength = DeviceRules.MaxIdLength;
            ((OpenApiSchema)ingest["readings"]).MaxItems = BatchBody.MaxItems;
        }

        if (schemas.Find("SeedReadingShape")?.Properties is { } reading)
        {
            reading["timestamp"] = Described(EventsApiTexts.Timestamp(), reading["timestamp"].Description);
            reading["count"] = Described(Whole64(), reading["count"].Description);
        }

        schemas.Bound("ReadingRequest", new()
        {
            ["device"] = ApiShapes.Text(1, DeviceRules.MaxIdLength),
            ["timestamp"] = EventsApiTexts.Timestamp(),
            ["count"] = Whole64(),
            ["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "device", "timestamp", "count" };
        schemas.Bound("AdjustmentRequest", new()
        {
            ["device"] = ApiShapes.Text(1, DeviceRules.MaxIdLength),
            ["timestamp"] = EventsApiTexts.Timestamp(),
            ["delta"] = Whole64(),
            ["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull(),
            ["reason"] = ApiShapes.Text(1, DeviceRules.MaxReasonLength).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "device", "timestamp", "delta" };
        schemas.Bound("DeviceRequest", new()
        {
            ["name"] = ApiShapes.Text(1, DeviceRules.MaxNameLength).OrNull(),
            ["tags"] = ApiShapes.List(ApiShapes.Text(1, DeviceRules.MaxTagLength), 0, DeviceRules.MaxTags).OrNull(),
            ["quietAfter"] = ApiShapes.Duration("PT10M", "P1D").OrNull(),
            ["quietUrl"] = ApiShapes.Text(1, WebAddress.MaxLength).OrNull(),
        });
        foreach (var (schema, property) in WholeNumbers)
        {
            if (schemas.Find(schema)?.Properties is { } properties && properties.TryGetValue(property, out var before))
            {
                properties[property] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = before.Description };
            }
        }
    }

    /// <summary>JSON sets no bound to digits, and .NET's schemas know no integers beyond 64 bits.</summary>
    private static readonly (string Schema, string Property)[] WholeNumbers =
    [
        ("DeviceResource", "cumulativeCount"), ("ReadingResource", "count"), ("ReadingResource", "adjustment"), ("ReadingResource", "min"),
        ("ReadingResource", "max"), ("ExportedReading", "adjustment"), ("SeedTotal", "cumulative_count"),
        ("SeedDevice", "cumulative_count"),
    ];

    private static OpenApiSchema Described(OpenApiSchema schema, string? description)
    {
        schema.Description = description;
        return schema;
    }

    private static OpenApiSchema Whole64() => new() { Type = JsonSchemaType.Integer, Format = "int64" };
}
