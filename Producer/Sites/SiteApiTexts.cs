using Contracts.Sites;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Events;
using Producer.Http;

namespace Producer.Sites;

/// <summary>Sites in the API document.</summary>
internal sealed class SiteApiTexts : EventSliceApiTexts
{
    private const string TrackingId = "AQAHZGVmYXVsdAAFc2l0ZXMAF3Y";

    private const string Event = """
        { "site": "example.org", "type": "page_view", "path": "/products/123", "user": "user-5", "timestamp": "2023-01-01T00:00:00Z",
          "eventId": "e-17", "referrer": "https://search.example/", "utm": { "source": "newsletter", "campaign": "spring" },
          "properties": { "plan": "pro", "logged_in": true } }
        """;

    private const string Totals = """
        { "events": 3, "views": 2, "visitors": 2, "users": 1, "visitorsExact": true, "visits": 2, "bounceRate": 0.5,
          "visitSeconds": 61.5, "botEvents": 0 }
        """;

    protected override IReadOnlyDictionary<string, EventExample> Posts { get; } = new Dictionary<string, EventExample>
    {
        ["postSiteEvents"] = new(
            "One event", Event, "Two lines",
            "{\"site\":\"example.org\",\"type\":\"page_view\",\"path\":\"/\"}\n"
            + "{\"site\":\"example.org\",\"type\":\"click\",\"path\":\"/\",\"timestamp\":1672531201}\n",
            ("site.event", "/pages/7"), "e-17", TrackingId, "path"),
    };

    protected override IReadOnlyCollection<string> Erasures { get; } = ["eraseUser", "eraseNamedUser", "eraseVisitor", "eraseSite"];

    protected override IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>
    {
        ["exportSiteEvents"] = "One event per line.",
        ["watchSite"] = "Server-sent events.",
    };

    protected override IReadOnlyCollection<string> Streams { get; } = ["watchSite"];

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "seedPostEvent" =>
        [
            (Json, "A view", """
                { "site_id": "site-abc", "event_type": "page_view", "path": "/pricing", "user_id": "user-xyz",
                  "timestamp": "2023-01-01T00:00:00Z" }
                """),
        ],
        _ => base.Requests(operation),
    };

    public override string Answer(string operation, string status) => (operation, status) switch
    {
        ("postSiteEvents", _) => base.Answer(operation, status),
        ("watchSite", _) => "event: change\ndata: {\"id\":\"example.org\",\"views\":2,\"visitors\":1}\nid: 1764400000000-0\n\n",
        ("listSites", _) => """{ "items": [{ "id": "example.org", "events": 3, "lastSeenAt": "2023-01-01T00:00:01.000Z" }] }""",
        ("getSiteStats", "200") => $$"""
            { "site": "example.org", "from": "2023-01-01T00:00:00Z", "to": "2023-01-02T00:00:00Z", "zone": "UTC", "totals": {{Totals}},
              "series": [{ "at": "2023-01-01T00:00:00Z", "totals": {{Totals}} }],
              "topPaths": [{ "path": "/products/123", "views": 2 }], "topTypes": [{ "type": "page_view", "events": 2 }],
              "breakdown": [{ "value": "newsletter", "totals": {{Totals}} }], "visitorsNow": 1 }
            """,
        ("exportSiteEvents", _) => """
            { "site": "example.org", "timestamp": "2023-01-01T00:00:00Z", "eventId": "e-17", "type": "page_view", "path": "/products/123" }
            """,
        ("seedPostEvent", "202") => """{ "status": "queued", "message": "Event received and queued for processing" }""",
        ("seedPostEvent", "400") => """{ "errors": ["site_id is required", "timestamp must be a valid ISO date string"] }""",
        ("seedGetStats", "200") => """
            { "site_id": "site-abc", "date": "2023-01-01", "total_views": 1, "unique_users": 1,
              "top_paths": [{ "path": "/pricing", "views": 1 }] }
            """,
        (_, "400") => """{ "error": "site_id is required" }""",
        _ => """{ "error": "Internal server error" }""",
    };

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "404" => ("There is no such site.", "No site has the id 'example.org'.", string.Empty),
        "422" => ("The event has no effect.", PostSiteEvents.Reasons.Dropped, string.Empty),
        "500" => ("The request was accepted but could not be applied.",
            "It holds 2,000 events. It is kept as the dead letter '5f0c6b6e0a0e4c3c9f60a4f6f0d8a119'.", string.Empty),
        _ => base.Problem(status),
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "siteId" => ("The site's id; a slash in it is escaped.", ApiShapes.Text(1, SiteLimits.MaxSite)),
        "site_id" => ("The site's id.", ApiShapes.Text(1, SiteLimits.MaxSite)),
        "site" => ("Only this site.", ApiShapes.Text(1, SiteLimits.MaxSite)),
        "date" => ("The day. Default: all time.", Text("2023-01-01")),
        "userId" or "user" => ("The user, as events name them.", ApiShapes.Text(1, SiteLimits.MaxUser)),
        "visitorId" => ("The visitor, as exports name them.", Text("00c0ffee00c0ffee")),
        "from" => ("The first instant, in any form that timestamps may have, or a date.", Text("2023-01-01T00:00:00Z")),
        "to" => ("The instant before which it ends, or a date. Default: now.", Text("2023-02-01T00:00:00Z")),
        "resolution" => ("Also step by step, of this length: an ISO 8601 duration.", Text("PT1H", "P1D", "P1W", "P1M")),
        "zone" => ("The IANA time zone of steps and dates. Default UTC, or as the service is configured.", Text("Europe/Berlin")),
        "top" => ("Number of entries of top lists and breakdowns. Default 10.", ApiShapes.Whole(1, SiteStatsQuery.MaxTop)),
        "page" => ("Which page of them. Default 1.", ApiShapes.Whole(1, SiteStatsQuery.MaxPage)),
        "metrics" => ("Only these, with commas: views, visitors, visits. Default: all.", Text("views,visitors")),
        "breakdown" => (
            "By the values of type, path, referrer, utmSource, utmMedium, utmCampaign, utmTerm, utmContent, or property:name.",
            Text("utmSource", "property:plan")),
        "compare" => ("Also the period of the same length before.", ApiShapes.Words("true", "false")),
        "property" => (
            "Only events with this property: its name, a colon, its value. May be given several times: events must have all of them. In "
            + "the name `\\:` is a colon, and `\\\\` a backslash.",
            Text("plan:pro")),
        "type" or "path" or "referrer" or "utmSource" or "utmMedium" or "utmCampaign" or "utmTerm" or "utmContent" =>
            ($"Only events with this {name}.", new OpenApiSchema { Type = JsonSchemaType.String }),
        _ => base.Parameter(name),
    };

    public override IEnumerable<string> RequestHeaders(string operation) =>
        operation == "seedPostEvent" ? [EventIds.Header, PreferWait.Header] : base.RequestHeaders(operation);

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => (operation, status) switch
    {
        ("seedGetStats", "200") => [SeedStats.ExactHeader],
        ("seedPostEvent", "202" or "500") => [EventAnswers.TrackingHeader, PreferWait.Applied],
        _ => base.ResponseHeaders(operation, status),
    };

    public override string? ResponseHeader(string name) => name == SeedStats.ExactHeader
        ? "Whether `unique_users` is exact, as it is up to 100,000; beyond, its standard error is 0.41 %." : null;

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Find("SiteList")?.Required!.Remove("next");
        schemas.Bound("SiteEventRequest", new()
        {
            ["site"] = ApiShapes.Text(1, SiteLimits.MaxSite),
            ["type"] = ApiShapes.Text(1, SiteLimits.MaxType),
            ["path"] = ApiShapes.Text(1, SiteLimits.MaxPath),
            ["user"] = ApiShapes.Text(1, SiteLimits.MaxUser).OrNull(),
            ["timestamp"] = EventsApiTexts.Timestamp().OrNull(),
            ["eventId"] = ApiShapes.Text(1, EventIds.MaxLength).OrNull(),
            ["referrer"] = ApiShapes.Text(1, SiteLimits.MaxReferrer).OrNull(),
            ["utm"] = Utm().OrNull(),
            ["properties"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = new OpenApiSchema
                {
                    Type = JsonSchemaType.String | JsonSchemaType.Number | JsonSchemaType.Boolean,
                    MaxLength = SiteLimits.MaxPropertyValue,
                },
                MaxProperties = SiteLimits.MaxProperties,
            }.OrNull(),
            ["address"] = ApiShapes.Text(2, SiteRules.MaxAddress).OrNull(),
            ["userAgent"] = ApiShapes.Text(1, SiteLimits.MaxUserAgent).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "site", "type", "path" };
        schemas.Bound("SeedEventRequest", new()
        {
            ["site_id"] = ApiShapes.Text(1, SiteLimits.MaxSite),
            ["event_type"] = ApiShapes.Text(1, SiteLimits.MaxType),
            ["path"] = ApiShapes.Text(1, SiteLimits.MaxPath),
            ["user_id"] = ApiShapes.Text(0, SiteLimits.MaxUser).OrNull(),
            ["timestamp"] = EventsApiTexts.Timestamp().OrNull(),
        });
    }

    private static readonly string[] UtmNames = ["source", "medium", "campaign", "term", "content"];

    private static OpenApiSchema Utm() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = UtmNames
            .ToDictionary(name => name, _ => (IOpenApiSchema)ApiShapes.Text(1, SiteLimits.MaxUtm).OrNull()),
        AdditionalPropertiesAllowed = false,
    };
}
