using System.Text.Json;
using Contracts.Common;
using Contracts.Signing;
using Tests.Support;

namespace Tests.Producer;

/// <summary>The API document says all that a client needs: /openapi/v1.json.</summary>
public sealed partial class OpenApiTests : RestTests
{
    private static readonly string[] Commands =
        ["changeTimer", "deleteTimer", "cancelTimer", "pauseTimer", "resumeTimer", "fireTimer", "touchTimer", "replayTimer"];

    private const string ItemUser = "019a4c1e-7b52-7c1a-9f60-2f4f6f0d8a11";

    private OpenApiDocument document = null!;
    private ApiSchemas schemas = null!;

    /// <summary>What the gate answers on every versioned route, of the seeds' routes aside.</summary>
    private static IEnumerable<int> OfKeys(OpenApiOperation operation) =>
        operation.Path.StartsWith("/api/v1/", StringComparison.Ordinal) && !operation.Id.StartsWith("seed", StringComparison.Ordinal)
            ? [401, 403, 429] : [];

    /// <summary>With keys, since one of the routes makes them: without, that would lock out everybody else.</summary>
    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [OneTimeSetUp]
    public async Task ReadDocument()
    {
        document = new OpenApiDocument((await GetAsync("/openapi/v1.json")).Json);
        schemas = new ApiSchemas(document);
    }

    [Test]
    public void Document_is_openapi_3_1_and_names_the_service()
    {
        Assert.That(document.Root.GetProperty("openapi").GetString(), Does.StartWith("3.1."));
        Assert.That(document.Root.GetProperty("info").GetProperty("version").GetString(),
            Is.EqualTo(global::Infrastructure.Hosting.Health.Version));
        Assert.That(document.Operations.Select(operation => operation.Id), Is.EquivalentTo(Statuses.Keys));
    }

    [Test]
    public void Document_is_read_without_a_complaint()
    {
        var (read, complaints) = Microsoft.OpenApi.OpenApiDocument.Parse(document.Root.GetRawText(), "json");

        Assert.That(complaints!.Errors.Concat(complaints.Warnings).Select(complaint => complaint.ToString()), Is.Empty);
        Assert.That(read!.Paths, Has.Count.EqualTo(document.Root.GetProperty("paths").GetPropertyCount()));
    }

    [Test]
    public void Every_reference_leads_somewhere()
    {
        var objects = OpenApiDocument.Descendants(document.Root).Where(json => json.ValueKind == JsonValueKind.Object);
        foreach (var reference in objects.Where(json => json.TryGetProperty("$ref", out _)))
        {
            Assert.That(() => document.Resolve(reference), Throws.Nothing, reference.GetRawText());
        }
    }

    [Test]
    public void Every_operation_has_a_summary_and_documents_every_status()
    {
        Assert.Multiple(() =>
        {
            foreach (var operation in document.Operations)
            {
                Assert.That(operation.Json.GetProperty("summary").GetString(), Is.Not.Empty, operation.Id);
                Assert.That(operation.Statuses, Is.EquivalentTo(Statuses[operation.Id].Union(OfKeys(operation))), operation.Id);
            }
        });
    }

    [Test]
    public void Every_request_and_answer_has_an_example_that_its_schema_allows()
    {
        Assert.Multiple(() =>
        {
            foreach (var operation in document.Operations)
            {
                foreach (var (where, type, media) in operation.Media())
                {
                    Assert.That(media.TryGetProperty("examples", out var examples), Is.True, $"{operation.Id} {where} {type}");
                    foreach (var example in examples.EnumerateObject())
                    {
                        var wrong = schemas.Check(media.GetProperty("schema"), example.Value.GetProperty("value"));
                        Assert.That(wrong, Is.Null, $"{operation.Id} {where} {type} {example.Name}");
                    }
                }
            }
        });
    }

    [Test]
    public async Task Every_example_request_is_accepted()
    {
        foreach (var operation in document.Operations.Where(operation => !operation.Path.Contains('{')))
        {
            foreach (var (where, type, media) in operation.Media().Where(media => media.Where == "request"))
            {
                foreach (var example in media.GetProperty("examples").EnumerateObject())
                {
                    var value = example.Value.GetProperty("value");
                    var content = Content(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), type);
                    var answer = await SendAsync(operation.Method, operation.Path, content, ("Authorization", "secret"));

                    Assert.That(answer.Status, Is.InRange(200, 202), $"{operation.Id} {example.Name}: {answer.Text}");
                }
            }
        }
    }

    [Test]
    public void Every_parameter_is_described()
    {
        Assert.Multiple(() =>
        {
            foreach (var operation in document.Operations)
            {
                foreach (var parameter in operation.Parameters)
                {
                    var name = $"{operation.Id} {Name(parameter)}";
                    Assert.That(parameter.GetProperty("description").GetString(), Is.Not.Empty, name);
                    Assert.That(parameter.GetProperty("schema").GetProperty("type").GetString(), Is.Not.Empty, name);
                }
            }
        });
        Assert.That(Commands, Has.All.Matches<string>(id => document.Operation(id).Parameters.Select(Name).Contains("If-Match")));

        static string? Name(JsonElement parameter) => parameter.GetProperty("name").GetString();
    }

    [Test]
    public async Task Real_answers_are_what_their_schemas_say()
    {
        var created = await CreateAsync("""
            {
              "url": "http://127.0.0.1:2/hook", "delay": "PT1H", "body": {"a": 1}, "headers": {"x": "1"}, "tags": ["t"],
              "retry": {"delays": ["PT1S"]}
            }
            """);
        (string Operation, Answer Answer)[] answers =
        [
            ("scheduleTimer", created),
            ("getTimer", await GetAsync($"{Timers}/{created["id"]}")),
            ("listTimers", await GetAsync(Timers)),
            ("listAttempts", await GetAsync($"{Timers}/{created["id"]}/attempts")),
            ("countTimers", await GetAsync($"{Timers}/stats")),
            ("scheduleTimerBatch", await PostAsync($"{Timers}/batch", new object[] { 1, new { url = Target, delay = "PT1H" } })),
            ("scheduleTimer", await PostAsync(Timers, "{}")),
            ("getTimer", await GetAsync($"{Timers}/unknown")),
            ("seedCreateTimer", await PostAsync("/api/v1/timer", new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target })),
            ("seedCreateTimer", await PostAsync("/api/v1/timer", "{}")),
            ("postRevenueEvents", await PostAsync("/api/v1/revenue/events", new { user = "u/1", name = "add_revenue", value = "0.1" })),
            ("postRevenueEvents", await PostAsync("/api/v1/revenue/events", "[{}, 7]")),
            ("getRevenueUser", await GetAsync("/api/v1/revenue/users/u%2F1")),
            ("listRevenueUsers", await GetAsync("/api/v1/revenue/users")),
            ("listRevenueEntries", await GetAsync("/api/v1/revenue/users/u%2F1/events")),
            ("getRevenueStats", await GetAsync("/api/v1/revenue/stats?resolution=P1D")),
            ("putRevenueEventType", await SendAsync(
                HttpMethod.Put, "/api/v1/revenue/event-types/t", Content("""{"sign":"add","schema":{"title":"T"}}"""))),
            ("listRevenueEventTypes", await GetAsync("/api/v1/revenue/event-types")),
            ("seedGetUserEvents", await GetAsync("/userEvents/u%2F1")),
            ("postItemUsers", await PostAsync("/api/v1/items/users", new { eventId = ItemUser })),
            ("postBaseItems", await PostAsync("/api/v1/items/base-items", new { description = "A chair.", eventId = ItemUser })),
            ("postItems", await PostAsync("/api/v1/items", new[] { new { baseItem = ItemUser, eventId = ItemUser } })),
            ("postItemTransfers", await PostAsync("/api/v1/items/transfers", new { item = ItemUser, to = ItemUser })),
            ("getItemUser", await GetAsync($"/api/v1/items/users/{ItemUser}")),
            ("getBaseItem", await GetAsync($"/api/v1/items/base-items/{ItemUser}")),
            ("getItem", await GetAsync($"/api/v1/items/{ItemUser}")),
            ("getItemOwner", await GetAsync($"/api/v1/items/{ItemUser}/owner")),
            ("listItemTransfers", await GetAsync($"/api/v1/items/{ItemUser}/history")),
            ("getItemStatistics", await GetAsync("/api/v1/items/statistics/transfers/year")),
            ("seedPostUser", await PostAsync("/users", "{}")),
            ("seedPostBaseItem", await PostAsync("/base-items", new { description = "A chair." })),
            ("seedPostItem", await PostAsync("/items", new { base_item_id = ItemUser })),
            ("seedGetItem", await GetAsync($"/items/{ItemUser}")),
            ("seedGetItemOwner", await GetAsync($"/items/{ItemUser}/owner")),
            ("createSigningSecret", await PostAsync("/api/v1/signing-secrets", new { destination = "https://real.example.com" })),
            ("createSigningSecret", await PostAsync("/api/v1/signing-secrets", new { destination = "https://real.example.com" })),
            ("createSigningSecret", await PostAsync("/api/v1/signing-secrets", """{ "secret": "x" }""")),
            ("createSigningSecret", await PostAsync(
                "/api/v1/signing-secrets", new { destination = "https://bank.example.com", kind = "v1a" })),
            ("rotateSigningSecret", await PostAsync(
                $"/api/v1/signing-secrets/{SigningSecret.IdOf(Tenant.Default, "https://bank.example.com")}/rotate", "{}")),
            ("getPublicKeys", await GetAsync(
                $"/api/v1/signing-secrets/{SigningSecret.IdOf(Tenant.Default, "https://bank.example.com")}/public-keys")),
            ("listSigningSecrets", await GetAsync("/api/v1/signing-secrets")),
            ("previewSchedule", await PostAsync("/api/v1/schedules/preview", """
                { "name": "n", "cron": "30 2 * * *", "zone": "Europe/Berlin", "after": "2026-03-28T00:00:00Z", "jitter": "PT1M",
                  "calendars": [{ "name": "c", "exclude": ["2026-03-28"] }], "maxRuns": 2 }
                """)),
            ("previewSchedule", await PostAsync("/api/v1/schedules/preview", """{ "cron": "x" }""")),
            ("putCalendar", await SendAsync(HttpMethod.Put, "/api/v1/calendars/real", Content("""{ "exclude": ["12-25", "SAT"] }"""))),
            ("putCalendar", await SendAsync(HttpMethod.Put, "/api/v1/calendars/real", Content("""{ "exclude": ["25-12"] }"""))),
            ("listCalendars", await GetAsync("/api/v1/calendars")),
            ("getCalendar", await GetAsync("/api/v1/calendars/real")),
            ("getCalendar", await GetAsync("/api/v1/calendars/none")),
            ("putSchedule", await SendAsync(HttpMethod.Put, "/api/v1/schedules/real", Content("""
                { "every": "PT1H", "url": "http://127.0.0.1:2/hook", "jitter": "PT1M", "retry": { "delays": ["PT1S"] }, "maxRuns": 5,
                  "headers": { "x": "1" }, "calendars": [{ "name": "c", "exclude": ["2030-01-01"] }, { "name": "real" }] }
                """))),
            ("changeSchedule", await SendAsync(HttpMethod.Patch, "/api/v1/schedules/real", Content("""{ "every": "PT2H" }"""))),
            ("runSchedule", await PostAsync("/api/v1/schedules/real/run")),
            ("pauseSchedule", await PostAsync("/api/v1/schedules/real/pause", new { reason = "why", until = "2098-01-01T00:00:00Z" })),
            ("skipSchedule", await PostAsync("/api/v1/schedules/real/skip")),
            ("replaySchedule", await PostAsync("/api/v1/schedules/real/replay")),
            ("stopBackfill", await DeleteAsync("/api/v1/schedules/real/backfill")),
            ("backfillSchedule", await PostAsync(
                "/api/v1/schedules/real/backfill", new { from = "2020-01-01T00:00:00Z", to = "2020-01-02T00:00:00Z", perMinute = 60 })),
            ("backfillSchedule", await PostAsync("/api/v1/schedules/real/backfill", new { perMinute = 0 })),
            ("getSchedule", await GetAsync("/api/v1/schedules/real")),
            ("deleteCalendar", await DeleteAsync("/api/v1/calendars/real")),
            ("listSchedules", await GetAsync("/api/v1/schedules")),
            ("putSchedule", await SendAsync(HttpMethod.Put, "/api/v1/schedules/real", Content("{}"))),
            ("ready", await GetAsync("/health/ready")),
        ];
        Assert.Multiple(() =>
        {
            foreach (var (operation, answer) in answers)
            {
                var schema = document.Operation(operation).Schema(answer.Status, answer.MediaType!);
                Assert.That(schemas.Check(schema, answer.Json), Is.Null, $"{operation} {answer.Status} {answer.Text}");
            }
        });
    }
}
