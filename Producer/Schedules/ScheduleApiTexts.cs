using System.Text.Json.Nodes;
using Contracts.Schedules;
using Microsoft.OpenApi;
using Producer.Docs;

namespace Producer.Schedules;

/// <summary>Schedules in the API document.</summary>
internal sealed class ScheduleApiTexts : ApiTexts
{
    private const string Json = "application/json";

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation == "previewSchedule" ?
    [
        (Json, "Half past two at night, in crontab's dialect", """
            { "cron": "30 2 * * *", "zone": "Europe/Berlin", "after": "2030-03-30T00:00:00Z", "count": 3 }
            """),
        (Json, "The last Friday of the month at five, in Quartz's dialect, but not on holidays", """
            { "cron": "0 0 17 ? * 6L", "dialect": "quartz", "zone": "America/New_York",
              "calendars": [{ "name": "holidays", "exclude": ["2030-11-29", "2030-12-25"] }] }
            """),
        (Json, "Every other Tuesday and Thursday", """
            { "rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "anchor": "2030-01-01T09:00", "zone": "Asia/Tokyo",
              "exdates": ["2030-01-03T09:00"], "rdates": ["2030-01-04T09:00"] }
            """),
        (Json, "Every 90 minutes of elapsed time, spread over five minutes", """
            { "name": "sync", "every": "PT90M", "anchor": "2030-01-01T00:00:00Z", "jitter": "PT5M", "maxRuns": 1000 }
            """),
        (Json, "One by one", """
            { "at": ["2098-07-01T10:00", "2098-12-31T23:59:59Z"], "zone": "Pacific/Auckland" }
            """),
    ] : [];

    public override string Answer(string operation, string status) => """
        {
          "zone": "Europe/Berlin",
          "zoneDatabase": "2026a",
          "runs": [
            { "at": "2030-03-30T01:30:00.000Z", "local": "2030-03-30T02:30:00+01:00" },
            {
              "at": "2030-03-31T01:30:00.000Z",
              "local": "2030-03-31T03:30:00+02:00",
              "note": "2030-03-31T02:30:00 does not exist, because clocks are put forward: the run is moved later by as much.",
              "movedFrom": "2030-03-31T02:30:00"
            },
            {
              "at": "2030-04-02T00:30:00.000Z",
              "local": "2030-04-02T02:30:00+02:00",
              "note": "2030-04-01T02:30:00 is left out: the calendar 'holidays' leaves out its date.",
              "skipped": [{ "first": "2030-04-01T02:30:00", "count": 1, "reason": "calendar", "calendar": "holidays" }]
            }
          ]
        }
        """;

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "400" => ("The request is not valid.", "See errors for every field that is wrong.",
            """, "errors": { "cron": ["character 3: 24 is no hour: hours are 0 to 23; midnight is 0"] }"""),
        _ => null,
    };

    public override void Bound(ApiSchemaSet schemas)
    {
        schemas.Bound("ScheduleCalendarRequest", new()
        {
            ["name"] = ApiShapes.Text(1, ScheduleReader.MaxNameLength),
            ["exclude"] = ApiShapes.List(Example("2030-12-25", "2031-01-01"), 0, ScheduleReader.MaxDates).OrNull(),
            ["include"] = ApiShapes.List(Example("2030-12-24"), 0, ScheduleReader.MaxDates).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "name" };
        if (schemas.Bound("SchedulePreviewRequest", Request()) is { } request)
        {
            request.OneOf = [OnlyWith("cron"), OnlyWith("rrule"), OnlyWith("every"), OnlyWith("at")];
        }

        Optional(schemas, "SchedulePreviewResource", "skipped", "end");
        Optional(schemas, "ScheduleRunResource", "scheduledFor", "note", "movedFrom", "fold", "skipped");
        Optional(schemas, "SkippedTimesResource", "last", "calendar");
    }

    private static void Optional(ApiSchemaSet schemas, string name, params string[] properties) =>
        schemas.Find(name)?.Required?.ExceptWith(properties);

    private static OpenApiSchema OnlyWith(string property) =>
        new() { Required = new HashSet<string>(StringComparer.Ordinal) { property } };

    private static Dictionary<string, OpenApiSchema> Request() => new()
    {
        ["name"] = ApiShapes.Text(1, SchedulePreviewRequest.MaxNameLength).OrNull(),
        ["cron"] = Example("30 2 * * *", "0 0 12 * * MON-FRI", "15 10 L * *"),
        ["dialect"] = ApiShapes.Words("vixie", "quartz").OrNull(),
        ["rrule"] = Example("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=3"),
        ["exdates"] = Times("2030-01-31T08:00:00Z", "2030-01-31").OrNull(),
        ["rdates"] = Times("2030-01-31T08:00:00Z", "2030-01-31T08:00").OrNull(),
        ["every"] = Example("PT90M", "P1D", "P2W", "P1M"),
        ["anchor"] = Example("2030-01-31T08:00", "2030-01-31T08:00:00Z").OrNull(),
        ["at"] = ApiShapes.List(Example("2098-01-31T08:00", "2098-01-31T08:00:00Z"), 1, ScheduleReader.MaxTimes),
        ["zone"] = Example("Europe/Berlin", "America/New_York", "UTC").OrNull(),
        ["startAt"] = Example("2030-01-01T00:00", "2030-01-01T00:00:00Z").OrNull(),
        ["endAt"] = Example("2090-01-01T00:00", "2090-01-01T00:00:00Z").OrNull(),
        ["maxRuns"] = ApiShapes.Whole(1, int.MaxValue).OrNull(),
        ["gap"] = ApiShapes.Words("shift", "skip").OrNull(),
        ["fold"] = ApiShapes.Words("first", "both").OrNull(),
        ["jitter"] = ApiShapes.Duration("PT5M", "PT0S", "P1D").OrNull(),
        ["count"] = ApiShapes.Whole(1, SchedulePreviewRequest.MaxCount).OrNull(),
        ["after"] = ApiShapes.Instant().OrNull(),
    };

    private static OpenApiSchema Times(params string[] examples) => ApiShapes.List(Example(examples), 0, ScheduleReader.MaxTimes);

    private static OpenApiSchema Example(params string[] examples) => new()
    {
        Type = JsonSchemaType.String,
        Examples = [.. examples.Select(example => (JsonNode)JsonValue.Create(example))],
    };
}
