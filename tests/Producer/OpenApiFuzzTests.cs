using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tests.Support;

namespace Tests.Producer;

/// <summary>
/// Hundreds of requests for every operation, made from the document, valid and mutated: no defect, no undocumented status.
/// </summary>
/// <remarks>The seed is fixed, so a failure repeats; the message holds the request.</remarks>
[Parallelizable]
public sealed class OpenApiFuzzTests : RestTests
{
    private const int Requests = 300;
    private const int Seed = 4711;

    private readonly List<string> ids = [];
    private OpenApiDocument document = null!;

    /// <summary>With keys, since one of the routes makes them: without, that would lock out everybody else.</summary>
    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [OneTimeSetUp]
    public async Task ReadDocument() => document = new OpenApiDocument((await GetAsync("/openapi/v1.json")).Json);

    /// <summary>Schedules and calendars of the names that timers have as ids, so that half of the paths lead to one.</summary>
    private async Task CreateSchedulesAsync()
    {
        foreach (var id in ids)
        {
            var calendar = await SendAsync(HttpMethod.Put, $"/api/v1/calendars/{id}", Content(new { exclude = new[] { "12-25" } }));
            Assert.That(calendar.Status, Is.EqualTo(201), calendar.Text);
            var schedule = await SendAsync(
                HttpMethod.Put, $"/api/v1/schedules/{id}", Content(new { every = "P1D", anchor = "2030-01-01T00:00:00Z", url = Target }));
            Assert.That(schedule.Status, Is.EqualTo(201), schedule.Text);
        }
    }

    /// <summary>Timers to be commanded, most of them waiting, some failed.</summary>
    [SetUp]
    public async Task CreateTimers()
    {
        ids.Clear();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await CreateIdAsync(new { url = Target, delay = i < 15 ? "P1D" : "PT0S", retry = new { attempts = 1 } }));
        }

        foreach (var id in ids[15..])
        {
            await StateBecomesAsync(id, "failed");
        }
    }

    [TestCase("scheduleTimer")]
    [TestCase("scheduleTimerBatch")]
    [TestCase("listTimers")]
    [TestCase("countTimers")]
    [TestCase("getTimer")]
    [TestCase("listAttempts")]
    [TestCase("changeTimer")]
    [TestCase("deleteTimer")]
    [TestCase("cancelTimer")]
    [TestCase("pauseTimer")]
    [TestCase("resumeTimer")]
    [TestCase("fireTimer")]
    [TestCase("touchTimer")]
    [TestCase("replayTimer")]
    [TestCase("replayTimers")]
    [TestCase("previewTimer")]
    [TestCase("seedCreateTimer")]
    [TestCase("seedGetTimer")]
    [TestCase("postReadings")]
    [TestCase("adjustReadings")]
    [TestCase("listDevices")]
    [TestCase("exportReadings")]
    [TestCase("seedIngest")]
    [TestCase("postSiteEvents")]
    [TestCase("listSites")]
    [TestCase("exportSiteEvents")]
    [TestCase("eraseUser")]
    [TestCase("seedPostEvent")]
    [TestCase("seedGetStats")]
    [TestCase("postRevenueEvents")]
    [TestCase("adjustRevenue")]
    [TestCase("putRevenueEventType")]
    [TestCase("listRevenueEventTypes")]
    [TestCase("listRevenueUsers")]
    [TestCase("getRevenueStats")]
    [TestCase("exportRevenue")]
    [TestCase("eraseRevenueUser")]
    [TestCase("postItemUsers")]
    [TestCase("postBaseItems")]
    [TestCase("exportItems")]
    [TestCase("eraseItemUser")]
    [TestCase("getItemStatistics")]
    [TestCase("seedPostUser")]
    [TestCase("seedPostBaseItem")]
    [TestCase("seedGetUserEvents")]
    [TestCase("getEvent")]
    [TestCase("listDeadLetters")]
    [TestCase("createSigningSecret")]
    [TestCase("listSigningSecrets")]
    [TestCase("previewSchedule")]
    [TestCase("putSchedule")]
    [TestCase("listSchedules")]
    [TestCase("getSchedule")]
    [TestCase("changeSchedule")]
    [TestCase("pauseSchedule")]
    [TestCase("resumeSchedule")]
    [TestCase("runSchedule")]
    [TestCase("skipSchedule")]
    [TestCase("replaySchedule")]
    [TestCase("backfillSchedule")]
    [TestCase("stopBackfill")]
    [TestCase("deleteSchedule")]
    [TestCase("putCalendar")]
    [TestCase("listCalendars")]
    [TestCase("getCalendar")]
    [TestCase("deleteCalendar")]
    [TestCase("health")]
    [TestCase("live")]
    [TestCase("ready")]
    [TestCase("metrics")]
    public async Task Operation_under_random_requests_answers_only_what_it_documents(string id)
    {
        var operation = document.Operation(id);
        if (operation.Path.Contains("/schedules/{", StringComparison.Ordinal)
            || operation.Path.Contains("/calendars/{", StringComparison.Ordinal))
        {
            await CreateSchedulesAsync();
        }

        var random = new Random(Seed);
        var values = new RandomValues(document, random);
        var answered = new Dictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            var valid = i % 2 == 0;
            using var request = Make(operation, values, valid);
            var shown = await ShowAsync(request);

            var answer = await Answer.ReadAsync(await Http.SendAsync(request));

            answered[answer.Status] = answered.GetValueOrDefault(answer.Status) + 1;
            Assert.That(answer.Status, Is.LessThan(500), $"request {i}: {shown}\n{answer.Text}");
            Assert.That(operation.Statuses, Does.Contain(answer.Status), $"request {i}: {shown}\n{answer.Text}");
            Assert.That(answer.Text, Does.Not.Contain("   at "), shown);
        }

        Assert.That(answered.Keys, Has.Some.InRange(200, 299), "else nothing but the refusals was tried");
        TestContext.Out.WriteLine(string.Join(", ", answered.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
    }

    private HttpRequestMessage Make(OpenApiOperation operation, RandomValues values, bool valid)
    {
        var path = operation.Path;
        var query = new List<string>();
        var request = new HttpRequestMessage { Method = operation.Method };
        foreach (var parameter in operation.Parameters)
        {
            var (name, place) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString());
            var value = Parameter(parameter.GetProperty("schema"), values, valid);
            if (place == "path")
            {
                // Half of them lead to timers that exist.
                var id = values.Chance(0.5) ? values.Pick(ids) : Uri.EscapeDataString(Visible(value));
                path = path.Replace($"{{{name}}}", id, StringComparison.Ordinal);
            }
            else if (place == "query" && values.Chance(0.4))
            {
                query.Add($"{name}={Uri.EscapeDataString(value)}");
            }
            else if (place == "header" && values.Chance(0.4))
            {
                request.Headers.TryAddWithoutValidation(name, Visible(value));
            }
        }

        request.RequestUri = new Uri(path + (query.Count == 0 ? "" : $"?{string.Join('&', query)}"), UriKind.Relative);
        if (operation.Media().Where(media => media.Where == "request").ToList() is { Count: > 0 } bodies)
        {
            var (_, type, media) = values.Pick(bodies);
            request.Content = Content(Body(media, values, valid), valid || values.Chance(0.9) ? type : "text/plain");
        }

        return request;
    }

    private byte[] Body(JsonElement media, RandomValues values, bool valid)
    {
        if (!valid && values.Chance(0.1))
        {
            return values.Pick(Hostile.Bodies);
        }

        var schema = document.Resolve(media.GetProperty("schema"));
        if (schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "string")
        {
            // One item a line.
            var item = document.Root.GetProperty("components").GetProperty("schemas").GetProperty("TimerRequest");
            return Encoding.UTF8.GetBytes($"{One(item)}\n{One(item)}");
        }

        return Encoding.UTF8.GetBytes(One(schema));

        string One(JsonElement of)
        {
            var made = values.From(of);
            return valid ? JsonSerializer.Serialize(made) : Mutate(made, values);
        }
    }

    /// <summary>Puts what does not belong there in place of one part, or adds it, or takes the part away.</summary>
    private static string Mutate(JsonNode? made, RandomValues values)
    {
        var target = made is JsonArray { Count: > 0 } array ? array[0] : made;
        if (target is not JsonObject { Count: > 0 } fields)
        {
            return values.Pick(Hostile.Values);
        }

        var name = values.Pick(fields.Select(field => field.Key).ToList());
        if (values.Chance(0.1))
        {
            fields.Remove(name);
        }
        else if (fields[name] is JsonObject { Count: > 0 } inner && values.Chance(0.7))
        {
            return Put(inner, values.Pick(inner.Select(field => field.Key).ToList()));
        }

        return values.Chance(0.1) ? Put(fields, "unknown") : Put(fields, name);

        // As text: JsonNode could not hold all that a client may send.
        string Put(JsonObject into, string field)
        {
            const string Mark = "put-here";
            into[field] = Mark;
            return JsonSerializer.Serialize(made).Replace($"\"{Mark}\"", values.Pick(Hostile.Values), StringComparison.Ordinal);
        }
    }

    private static string Parameter(JsonElement schema, RandomValues values, bool valid) =>
        valid || values.Chance(0.3) ? values.From(schema)!.ToString() : values.Pick(Hostile.Values).Trim('"');

    /// <summary>Clients' own libraries refuse to send anything else, and so does the server before it looks for a route.</summary>
    private static string Visible(string value)
    {
        var visible = string.Concat(value.Where(c => c is > ' ' and < '\x7f'));
        return visible.Length == 0 || visible.All(c => c is '.' or '/') ? "x" : visible[..Math.Min(visible.Length, 300)];
    }

    private static async Task<string> ShowAsync(HttpRequestMessage request)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
        return $"{request.Method} {request.RequestUri} {request.Headers} {(body.Length > 1_000 ? body[..1_000] : body)}";
    }
}
