using System.Text.Json.Nodes;
using Contracts.Schedules;
using Microsoft.OpenApi;
using Producer.Docs;
using Producer.Http;

namespace Producer.Schedules;

/// <summary>Schedules in the API document.</summary>
internal sealed partial class ScheduleApiTexts : ApiTexts
{
    private const string Json = "application/json";

    /// <summary>What a webhook is made of: the bounds are those of timers.</summary>
    private static readonly string[] WebhookFields =
        ["url", "method", "headers", "body", "retry", "onAmbiguous", "timeout", "tags", "metadata", "maxAge"];

    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "previewSchedule" => Previews,
        "putSchedule" =>
        [
            (Json, "Every night at half past two", """
                { "cron": "30 2 * * *", "zone": "Europe/Berlin", "url": "http://127.0.0.1:9000/hook", "body": { "job": "report" } }
                """),
            (Json, "Every 90 minutes, each one even if it is late", """
                {
                  "every": "PT90M", "anchor": "2030-01-01T00:00:00Z", "jitter": "PT5M", "misfire": "all", "catchUp": "P1D",
                  "overlap": "bufferOne",
                  "url": "http://127.0.0.1:9000/hook", "retry": { "attempts": 8 }, "tags": ["sync"]
                }
                """),
        ],
        "changeSchedule" => [(Json, "An hour later", """{ "cron": "30 3 * * *", "headers": { "x-old": null } }""")],
        "pauseSchedule" => [(Json, "Until the morning", """{ "reason": "The receiver is moved.", "until": "2098-01-01T08:00:00Z" }""")],
        "replaySchedule" => [(Json, "What was skipped in a night", """
            { "from": "2026-01-29T00:00:00Z", "to": "2026-01-29T06:00:00Z", "perMinute": 30 }
            """)],
        "backfillSchedule" => [(Json, "A month, two runs a second", """
            { "from": "2025-12-01T00:00:00Z", "to": "2025-12-31T23:59:59Z", "perMinute": 120 }
            """)],
        "putCalendar" => CalendarPuts,
        _ => [],
    };

    private static IEnumerable<(string Type, string Title, string Text)> Previews =>
    [
        (Json, "Half past two at night, in crontab's dialect", """
            { "cron": "30 2 * * *", "zone": "Europe/Berlin", "after": "2030-03-30T00:00:00Z", "count": 3 }
            """),
        (Json, "The last Friday of the month at five, in Quartz's dialect, but not on holidays", """
            { "cron": "0 0 17 ? * 6L", "dialect": "quartz", "zone": "America/New_York",
              "calendars": [{ "name": "closed", "exclude": ["2030-11-29", "12-25"] }] }
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
    ];

    public override string Answer(string operation, string status) => operation switch
    {
        "previewSchedule" => Preview,
        "listSchedules" => $$"""{ "items": [{{Schedule("active", string.Empty)}}], "next": "6e696768746c79" }""",
        "listCalendars" => Calendars,
        "putCalendar" or "getCalendar" => Calendar,
        "pauseSchedule" => Schedule("paused", """ "pauseReason": "The receiver is moved.", """),
        "replaySchedule" or "backfillSchedule" or "stopBackfill" => Schedule("active", Backfill),
        _ => Schedule("active", Recent),
    };

    private const string Backfill = """
        "backfill": {
          "kind": "replay",
          "from": "2030-01-29T00:00:00.000Z",
          "to": "2030-01-29T06:00:00.000Z",
          "perMinute": 30,
          "made": 1,
          "existing": 0,
          "startedAt": "2030-01-30T12:00:00.000Z",
          "endedAt": "2030-01-30T12:00:01.000Z"
        },
        """;

    private const string Recent = """
        "recent": [
          {
            "occurrence": 1,
            "scheduledFor": "2030-01-30T01:30:00.000Z",
            "dueAt": "2030-01-30T01:30:00.000Z",
            "timerId": "schedule-5f0c6b6e0a0e4c3c9f60a4f6f0d8a119",
            "state": "succeeded",
            "requested": false,
            "nextAt": "2030-01-31T01:30:00.000Z",
            "latenessMs": 3.1
          }
        ],
        "statistics": { "succeeded": 1, "failed": 0, "expired": 0, "successRate": 1, "latenessMs": { "p50": 3.1, "p90": 3.1, "p99": 3.1 } },
        "missed": [{ "first": "2030-01-29T01:30:00.000Z", "last": "2030-01-29T01:30:00.000Z", "count": 1, "reason": "misfire" }],
        """;

    private static string Schedule(string state, string more) => $$"""
        {
          "name": "nightly",
          "state": "{{state}}",
          {{(state == "active" ? "\"nextAt\": \"2030-01-31T01:30:00.000Z\"," : string.Empty)}}
          {{more}}
          "runs": 1,
          "skipped": 1,
          "buffered": 0,
          "createdAt": "2030-01-28T12:00:00.000Z",
          "changedAt": "2030-01-28T12:00:00.000Z",
          "cron": "30 2 * * *",
          "dialect": "vixie",
          "zone": "Europe/Berlin",
          "gap": "shift",
          "misfire": "latest",
          "catchUp": "PT1H",
          "overlap": "allow",
          "url": "http://127.0.0.1:9000/hook",
          "method": "POST",
          "body": { "job": "report" },
          "onAmbiguous": "redeliver",
          "timeout": "PT15S"
        }
        """;

    private const string Preview = """
        {
          "zone": "Europe/Berlin",
          "zoneDatabase": "2026a",
          "runs": [
            {
              "at": "2030-03-30T01:30:00.000Z",
              "local": "2030-03-30T02:30:00+01:00",
              "alsoDue": {
                "from": "2030-03-30T01:29:30.000Z", "to": "2030-03-30T01:30:30.000Z", "atDestination": 17, "ofTenant": 240, "complete": true
              }
            },
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
        "404" => ("There is no such schedule.", "No schedule has the name 'nightly'.", string.Empty),
        "409" => ("The schedule is not in a state for that.", "It never runs again.", string.Empty),
        "412" => ("The resource has changed.", "The schedule 'nightly' is not as If-Match says.", string.Empty),
        _ => null,
    };

    public override (string Description, OpenApiSchema Schema)? Parameter(string name) => name switch
    {
        "name" => ("The name of the schedule or calendar.", new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Pattern = SchedulePath.Pattern,
            Not = ApiShapes.Words(SchedulePath.Reserved),
        }),
        "state" => ("Only schedules in this state.", ApiShapes.Words("active", "paused", "finished")),
        "prefix" => ("Only names that begin like this.", new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Pattern = SchedulePath.Pattern,
        }),
        _ => null,
    };

    public override IEnumerable<string> RequestHeaders(string operation) => IsCommand(operation) ? ["If-Match"] : [];

    public override IEnumerable<string> ResponseHeaders(string operation, string status) => status switch
    {
        "201" => ["Location", "ETag"],
        "200" when operation is not ("previewSchedule" or "listSchedules" or "listCalendars") => ["ETag"],
        _ => [],
    };

    private static bool IsCommand(string operation) => operation is
        "putSchedule" or "changeSchedule" or "deleteSchedule" or "pauseSchedule" or "resumeSchedule" or "runSchedule" or "skipSchedule"
        or "replaySchedule" or "backfillSchedule" or "stopBackfill" or "putCalendar" or "deleteCalendar";

    public override void Bound(ApiSchemaSet schemas)
    {
        BoundCalendars(schemas);
        var preview = Times();
        preview["name"] = ApiShapes.Text(1, SchedulePreviewRequest.MaxNameLength).OrNull();
        preview["count"] = ApiShapes.Whole(1, SchedulePreviewRequest.MaxCount).OrNull();
        preview["after"] = ApiShapes.Instant().OrNull();
        preview["url"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri", MaxLength = WebAddress.MaxLength }.OrNull();
        if (schemas.Bound("SchedulePreviewRequest", preview) is { } request)
        {
            request.OneOf = [OnlyWith("cron"), OnlyWith("rrule"), OnlyWith("every"), OnlyWith("at")];
        }

        var times = Times();
        times["misfire"] = ApiShapes.Words("latest", "all", "skip").OrNull();
        times["overlap"] = ApiShapes.Words("allow", "skip", "bufferOne", "bufferAll", "cancelOther").OrNull();
        times["catchUp"] = ApiShapes.Duration("PT1H", "PT0S", "P365D").OrNull();
        if (schemas.Bound("ScheduleRequest", times) is { } put)
        {
            put.Required = new HashSet<string>(StringComparer.Ordinal) { "url" };
            put.OneOf = [OnlyWith("cron"), OnlyWith("rrule"), OnlyWith("every"), OnlyWith("at")];
            foreach (var field in WebhookFields)
            {
                put.Properties![field] = schemas.Find("TimerRequest")!.Properties![field];
            }
        }

        foreach (var schema in times.Values)
        {
            schema.OrNull();
        }

        if (schemas.Bound("SchedulePatch", times) is { } patch)
        {
            foreach (var field in WebhookFields)
            {
                patch.Properties![field] = schemas.Find("TimerChange")!.Properties![field];
            }
        }

        schemas.Bound("SchedulePauseRequest", new()
        {
            ["reason"] = ApiShapes.Text(1, SchedulePauseRequest.MaxReasonLength).OrNull(),
            ["until"] = Example("2098-01-31T08:00:00Z").OrNull(),
        });
        schemas.Bound("ScheduleReplayRequest", new()
        {
            ["from"] = Example("2025-12-01T00:00:00Z").OrNull(),
            ["to"] = Example("2025-12-31T23:59:59Z").OrNull(),
            ["perMinute"] = ApiShapes.Whole(1, SchedulePlanner.MaxPerMinute).OrNull(),
        });
        schemas.Bound("ScheduleBackfillRequest", new()
        {
            ["from"] = Example("2025-12-01T00:00:00Z"),
            ["to"] = Example("2025-12-31T23:59:59Z"),
            ["perMinute"] = ApiShapes.Whole(1, SchedulePlanner.MaxPerMinute).OrNull(),
        })?.Required = new HashSet<string>(StringComparer.Ordinal) { "from", "to" };
        Optional(schemas, "ScheduleBackfillResource", "endedAt");
        schemas.Find("ScheduleList")?.Required?.Remove("next");
        Optional(schemas, "OccurrenceResource", "state", "previousAt", "nextAt", "latenessMs");
        Optional(schemas, "ScheduleStatisticsResource", "successRate", "latenessMs");
        Optional(schemas, "ScheduleRetryResource", "attempts", "firstDelay", "factor", "maximum", "delays");

        Optional(schemas, "SchedulePreviewResource", "skipped", "end");
        Optional(schemas, "ScheduleRunResource", "scheduledFor", "note", "movedFrom", "fold", "skipped", "alsoDue");
        Optional(schemas, "SkippedTimesResource", "last", "calendar");
    }

    private static void Optional(ApiSchemaSet schemas, string name, params string[] properties) =>
        schemas.Find(name)?.Required?.ExceptWith(properties);

    private static OpenApiSchema OnlyWith(string property) =>
        new() { Required = new HashSet<string>(StringComparer.Ordinal) { property } };

    private static Dictionary<string, OpenApiSchema> Times() => new()
    {
        ["cron"] = Example("30 2 * * *", "0 0 12 * * MON-FRI", "15 10 L * *"),
        ["dialect"] = ApiShapes.Words("vixie", "quartz").OrNull(),
        ["rrule"] = Example("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=3"),
        ["exdates"] = Instants("2030-01-31T08:00:00Z", "2030-01-31").OrNull(),
        ["rdates"] = Instants("2030-01-31T08:00:00Z", "2030-01-31T08:00").OrNull(),
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
    };

    private static OpenApiSchema Instants(params string[] examples) => ApiShapes.List(Example(examples), 0, ScheduleReader.MaxTimes);

    private static OpenApiSchema Example(params string[] examples) => new()
    {
        Type = JsonSchemaType.String,
        Examples = [.. examples.Select(example => (JsonNode)JsonValue.Create(example))],
    };
}
