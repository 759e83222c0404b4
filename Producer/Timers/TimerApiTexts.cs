using Producer.Docs;
using Producer.Live;

namespace Producer.Timers;

/// <summary>Timers in the API document: examples, parameters, headers.</summary>
internal sealed partial class TimerApiTexts : ApiTexts
{
    private const string Json = "application/json";
    private const string Id = "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11";

    /// <summary>The body types, titles and texts of an operation's example requests.</summary>
    public override IEnumerable<(string Type, string Title, string Text)> Requests(string operation) => operation switch
    {
        "scheduleTimer" =>
        [
            (Json, "In an hour", """{ "url": "http://127.0.0.1:9000/hook", "delay": "PT1H" }"""),
            (Json, "At an instant, with a body", """
                {
                  "url": "http://127.0.0.1:9000/hook",
                  "dueAt": "2030-01-31T08:00:00.000Z",
                  "method": "PUT",
                  "headers": { "x-order": "4711" },
                  "body": { "order": 4711, "step": "remind" },
                  "retry": { "attempts": 8, "firstDelay": "PT2S", "factor": 2, "maximum": "PT5M", "jitter": 0.2 },
                  "onAmbiguous": "park",
                  "timeout": "PT5S",
                  "tags": ["orders"],
                  "metadata": { "customer": "c-17" },
                  "id": "order-4711"
                }
                """),
            (Json, "Unless it is touched every five minutes, for a day at most", """
                { "url": "http://127.0.0.1:9000/silent", "delay": "PT5M", "maxDelay": "P1D", "id": "watchdog-17" }
                """),
            (Json, "Within a quarter of an hour after its instant, or not at all", """
                { "url": "http://127.0.0.1:9000/hook", "delay": "PT1H", "maxAge": "PT15M" }
                """),
            (Json, "Again in ten minutes, whatever the timer with this id was to do", """
                { "url": "http://127.0.0.1:9000/hook", "delay": "PT10M", "id": "order-4711", "onConflict": "replace" }
                """),
            (Json, "In hours, minutes and seconds, with explicit retries", """
                {
                  "url": "http://127.0.0.1:9000/hook",
                  "delay": { "hours": 1, "minutes": 30, "seconds": 0 },
                  "body": "plain text",
                  "retry": { "delays": ["PT1S", "PT10S", "PT1M"] }
                }
                """),
        ],
        "previewTimer" => [(Json, "With retries within an hour", """
            {
              "url": "http://127.0.0.1:9000/hook", "dueAt": "2030-01-31T08:00:00.000Z", "maxAge": "PT1H",
              "retry": { "attempts": 3, "firstDelay": "PT10M", "factor": 6, "maximum": "PT1H", "jitter": 0 }
            }
            """)],
        "scheduleTimerBatch" =>
        [
            (Json, "Two timers", """
                [
                  { "url": "http://127.0.0.1:9000/hook", "delay": "PT1H" },
                  { "url": "http://127.0.0.1:9000/hook", "delay": "PT2H", "id": "order-4712" }
                ]
                """),
            ("application/x-ndjson", "Two lines", """
                {"url":"http://127.0.0.1:9000/hook","delay":"PT1H"}
                {"url":"http://127.0.0.1:9000/hook","delay":"PT2H","id":"order-4712"}
                """),
        ],
        "changeTimer" =>
        [
            (Json, "Reschedule", """{ "delay": "PT10M" }"""),
            (Json, "Different content, default retries", """{ "body": { "step": "cancel" }, "tags": ["orders", "late"], "retry": null }"""),
        ],
        "replayTimer" => [(Json, "One that has expired, with an hour more", """{ "expiresAt": "2098-01-31T09:00:00.000Z" }""")],
        "replayTimers" =>
        [
            (Json, "Timers that failed in one hour", """
                { "tag": "orders", "dueFrom": "2030-01-31T08:00:00.000Z", "dueTo": "2030-01-31T09:00:00.000Z", "limit": 500 }
                """),
            (Json, "Those that expired during an outage, whatever their expiry", """
                {
                  "expired": true, "dueFrom": "2030-01-31T08:00:00.000Z", "dueTo": "2030-01-31T09:00:00.000Z", "expiresAt": null
                }
                """),
        ],
        "seedCreateTimer" =>
            [(Json, "In four hours", """{ "hours": 4, "minutes": 0, "seconds": 1, "webhookUrl": "http://127.0.0.1:9000/hook" }""")],
        _ => [],
    };

    /// <summary>The example response of an operation, other than a problem.</summary>
    public override string Answer(string operation, string status) => (operation, status) switch
    {
        ("scheduleTimerBatch", "207") => $$"""
            {
              "accepted": 1,
              "refused": 1,
              "results": [
                { "index": 0, "status": 201, "id": "{{Id}}", "dueAt": "2030-01-31T08:00:00.000Z" },
                { "index": 1, "status": 400, "errors": { "url": ["is required"] } }
              ]
            }
            """,
        ("scheduleTimerBatch", "400") =>
            """{ "accepted": 0, "refused": 1, "results": [{ "index": 0, "status": 400, "errors": { "url": ["is required"] } }] }""",
        ("scheduleTimerBatch", _) => $$"""
            { "accepted": 1, "refused": 0,
              "results": [{ "index": 0, "status": {{status}}, "id": "{{Id}}", "dueAt": "2030-01-31T08:00:00.000Z" }] }
            """,
        ("previewTimer", _) => """
            {
              "exists": false,
              "dueAt": "2030-01-31T08:00:00.000Z",
              "expiresAt": "2030-01-31T09:00:00.000Z",
              "attempts": [
                { "attempt": 1, "earliest": "2030-01-31T08:00:00.000Z", "latest": "2030-01-31T08:00:00.000Z" },
                { "attempt": 2, "earliest": "2030-01-31T08:10:00.000Z", "latest": "2030-01-31T08:10:15.000Z" }
              ],
              "ends": "expired",
              "alsoDue": {
                "from": "2030-01-31T07:59:30.000Z", "to": "2030-01-31T08:00:30.000Z", "atDestination": 17, "ofTenant": 240, "complete": true
              }
            }
            """,
        ("listTimers", _) => $$"""{ "items": [{{Timer("scheduled")}}], "next": "2a" }""",
        ("countTimers", _) => """
            {
              "asOf": "2030-01-31T07:00:00.000Z",
              "total": 3,
              "states": {
                "scheduled": 2, "armed": 0, "sending": 0, "paused": 0, "ambiguous": 0, "succeeded": 1, "failed": 0, "cancelled": 0,
                "expired": 0
              }
            }
            """,
        ("watchTimers", _) =>
            $"event: change\ndata: {{\"id\":\"{Id}\",\"state\":\"succeeded\",\"attempts\":1}}\nid: 1764400000000-0\n\n",
        ("listAttempts", _) => $$"""{ "items": [{{Attempt}}] }""",
        ("cancelTimer" or "deleteTimer", "200") => Timer("cancelled"),
        ("pauseTimer", "200") => Timer("paused"),
        ("cancelTimer" or "deleteTimer", _) => Timer("armed", "\"pending\": \"cancel\","),
        ("pauseTimer", _) => Timer("armed", "\"pending\": \"pause\","),
        ("getTimer", _) => Timer("succeeded", $"\"lastAttempt\": {Attempt},"),
        ("replayTimers", _) => """{ "replayed": 12, "more": false }""",
        ("seedCreateTimer", "201") => Seed(201, "Timer Created!"),
        ("seedGetTimer", "200") => Seed(200, "fetched successfully!"),
        ("seedCreateTimer" or "seedGetTimer", _) => SeedError(status),
        _ => Timer("scheduled"),
    };

    public override (string Title, string Detail, string More)? Problem(string status) => status switch
    {
        "400" => ("The request is not valid.", "See errors for every field that is wrong.",
            """, "errors": { "url": ["is required"], "delay": ["must not be negative"] }"""),
        "404" => ("There is no such timer.", $"No timer has the id '{Id}'.", string.Empty),
        "409" => ("The timer does not allow that now.", "It has already finished: succeeded.", string.Empty),
        "412" => ("The timer has changed.", $"The timer '{Id}' is no longer what If-Match names. Read it again.", string.Empty),
        "500" => ("The request was accepted but could not be applied.", "It is kept as the dead letter '5f0c6b6e0a0e4c3c9f60a4f6f0d8a119'.",
            """, "outcome": "unknown", "deadLetter": "5f0c6b6e0a0e4c3c9f60a4f6f0d8a119" """),
        "501" => LiveApiTexts.NotShared,
        "503" => ("The service is unavailable.", "The disk is full.", $$""", "outcome": "refused", "id": "{{Id}}" """),
        _ => null,
    };

    private static string Timer(string state, string more = "") => $$"""
        {
          "id": "{{Id}}",
          "state": "{{state}}",
          {{more}}
          "dueAt": "2030-01-31T08:00:00.000Z",
          "timeLeft": {{(state is "succeeded" or "cancelled" ? "0" : "3599.5")}},
          "createdAt": "2030-01-31T07:00:00.000Z",
          "occurrence": 1,
          "attempts": {{(state == "succeeded" ? 1 : 0)}},
          "url": "http://127.0.0.1:9000/hook",
          "method": "POST",
          "body": { "order": 4711 },
          "retry": { "attempts": 5, "firstDelay": "PT5S", "factor": 3, "maximum": "PT1H", "jitter": 0.1 },
          "onAmbiguous": "redeliver",
          "timeout": "PT15S",
          "tags": ["orders"]
        }
        """;

    private const string Attempt = """
        {
          "occurrence": 1,
          "attempt": 1,
          "startedAt": "2030-01-31T08:00:00.000Z",
          "latencyMs": 12.3,
          "latenessMs": 0.4,
          "status": 200,
          "response": "thanks"
        }
        """;

    private static string Seed(int code, string message) => $$"""
        { "code": {{code}}, "message": "{{message}}", "timer": { "timerId": "{{Id}}", "timeLeft": 14400, "timerStatus": "Scheduled" } }
        """;

    private static string SeedError(string status)
    {
        var (message, details) = status switch
        {
            "400" => ("The request is not valid.", """{ "webhookUrl": ["is required"] }"""),
            "404" => ("Timer not found", "{}"),
            "413" => ("Request body too large.", "{}"),
            "415" => ("Send application/json.", "{}"),
            _ => ("The disk is full.", "{}"),
        };
        return $$"""{ "details": {{details}}, "timestamp": "2030-01-31T08:00:00.000Z", "code": {{status}}, "message": "{{message}}" }""";
    }
}
