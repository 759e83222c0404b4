using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tests.Producer.Sites;

/// <summary>POST /api/v1/sites/events: forms of bodies, results, repetitions; export and erasure of what was sent.</summary>
public sealed class PostSiteEventsTests : RestTests
{
    private const string Route = "/api/v1/sites/events";
    private const string Ndjson = "application/x-ndjson";
    private static int made;

    private static string NewSite() => $"post-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}.example";

    [Test]
    public async Task One_event_is_201_and_its_repetition_200_marked_as_a_duplicate()
    {
        var site = NewSite();
        var body = new { site, type = "page_view", path = "/a", user = "u", timestamp = "2023-01-01T00:00:00Z", eventId = "e-1" };

        var first = await PostAsync(Route, body);
        var second = await PostAsync(Route, body with { path = "/b" });

        Assert.That(
            (first.Status, first["eventId"], first["status"], first["retryable"]), Is.EqualTo((201, "e-1", "201", "False")), first.Text);
        Assert.That((second.Status, second["duplicate"]), Is.EqualTo((200, "True")), second.Text);
        var minute = await GetAsync(first.Headers.Location!.ToString());
        Assert.That(minute.Json.GetProperty("totals").GetProperty("views").GetInt32(), Is.EqualTo(1), minute.Text);
        var tracked = await GetAsync($"/api/v1/events/{first.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        Assert.That((await GetAsync($"/api/v1/events/{second["trackingId"]}"))["state"], Is.EqualTo("duplicate"));
    }

    [Test]
    public async Task Without_an_id_the_service_gives_one_and_an_idempotency_key_stands_for_it()
    {
        var site = NewSite();
        var given = await PostAsync(Route, new { site, type = "t", path = "/" });
        var keyed = await PostAsync(Route, new { site, type = "t", path = "/" }, ("Idempotency-Key", "k-1"));
        var again = await PostAsync(Route, new { site, type = "t", path = "/" }, ("Idempotency-Key", "k-1"));
        var many = await PostAsync(Route, new[] { new { site, type = "t", path = "/" } }, ("Idempotency-Key", "k-2"));

        Assert.That(Guid.Parse(given["eventId"]).Version, Is.EqualTo(7));
        Assert.That((keyed["eventId"], again.Status), Is.EqualTo(("k-1", 200)));
        Assert.That(many.Json.GetProperty("results")[0].GetProperty("eventId").GetString(), Is.EqualTo("k-2/0"));
        (await PostAsync(Route, "{}", ("Idempotency-Key", "a b"))).AssertWrong("Idempotency-Key");
    }

    [TestCase("application/json", "[", ",", "]")]
    [TestCase(Ndjson, "", "\n", "")]
    public async Task Many_are_answered_one_by_one_in_order(string type, string begin, string between, string end)
    {
        var site = NewSite();
        string[] items =
        [
            $$"""{"site":"{{site}}","type":"page_view","path":"/a","eventId":"1"}""",
            $$"""{"site":"{{site}}","type":"page_view","path":"/b","eventId":"1"}""",
            $$"""{"site":"{{site}}","type":"page_view","path":"/a","timestamp":"2023-01-01"}""",
            """{"site":"","type":"click"}""",
            "7",
            $$"""{"site":"{{site}}b","type":"page_view","path":"/a"}""",
        ];

        var answer = await SendAsync(HttpMethod.Post, Route, Content(begin + string.Join(between, items) + end, type));

        Assert.That(
            (answer.Status, answer["accepted"], answer["duplicates"], answer["refused"]), Is.EqualTo((207, "3", "1", "3")), answer.Text);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToList();
        Assert.That(results.Select(each => each.GetProperty("status").GetInt32()), Is.EqualTo(new[] { 201, 200, 400, 400, 400, 201 }));
        Assert.That(results.Select(each => each.GetProperty("index").GetInt32()), Is.EqualTo(Enumerable.Range(0, 6)));
        Assert.That(results.Select(each => each.GetProperty("retryable").GetBoolean()), Is.All.False);
        Assert.That(
            results[3].GetProperty("errors").EnumerateObject().Select(each => each.Name), Is.EquivalentTo(new[] { "site", "path" }));
        Assert.That(await ViewsAsync(site), Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_of_ten_thousand_is_stored_whole_and_one_more_is_refused()
    {
        var site = NewSite();
        var items = Enumerable.Range(0, 10_000)
            .Select(i => new { site, type = "page_view", path = $"/{i % 50}", user = $"u{i % 700}", eventId = $"e{i}" }).ToArray();

        var answer = await PostAsync(Route, items);
        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "10000")));
        var again = await PostAsync(Route, items);
        Assert.That((again.Status, again["duplicates"]), Is.EqualTo((201, "10000")));
        Assert.That(await ViewsAsync(site), Is.EqualTo(10_000));
        (await PostAsync(Route, items.Append(items[0]))).AssertWrong("$");
        Assert.That((await PostAsync(Route, "[]")).Status, Is.EqualTo(200), "there is nothing to refuse");
    }

    [Test]
    public async Task The_largest_events_there_can_be_are_stored()
    {
        var site = new string('ü', 251) + "/a/b";
        var items = Enumerable.Range(0, 150).Select(i => new
        {
            site,
            type = new string('ä', 100),
            path = new string('ö', 2_048),
            user = new string('ß', 255),
            referrer = new string('é', 2_048),
            eventId = new string('ı', 250) + i.ToString(CultureInfo.InvariantCulture),
            properties = Enumerable.Range(10, 20).ToDictionary(p => new string('k', 62) + p, _ => new string('v', 255)),
        }).ToArray();

        var answer = await PostAsync(Route, items);

        Assert.That((answer.Status, answer["accepted"]), Is.EqualTo((201, "150")), answer.Text[..Math.Min(500, answer.Text.Length)]);
        var stats = await GetAsync($"/api/v1/sites/{Uri.EscapeDataString(site)}/stats");
        Assert.That(stats.Json.GetProperty("totals").GetProperty("events").GetInt32(), Is.EqualTo(150), stats.Text);
    }

    [Test]
    public async Task CloudEvents_are_accepted_structured_in_batches_and_binary()
    {
        var site = NewSite();
        string Event(int at, string extra = "") => $$"""
            {"specversion":"1.0","id":"{{at}}","source":"/pages","type":"site.event","subject":"{{site}}",
             "time":"2023-01-01T00:00:0{{at}}Z","data":{"type":"page_view","path":"/{{at}}"{{extra}}} }
            """;

        var structured = await SendAsync(HttpMethod.Post, Route, Content(Event(1), "application/cloudevents+json; charset=utf-8"));
        var batch = await SendAsync(
            HttpMethod.Post, Route, Content($"[{Event(2)},{Event(3, ",\"timestamp\":\"2023-01-01T00:00:09Z\"")},{{}}]",
                "application/cloudevents-batch+json"));
        var binary = await SendAsync(
            HttpMethod.Post, Route, Content("""{"type":"page_view","path":"/4"}"""), ("ce-specversion", "1.0"), ("ce-id", "4"),
            ("ce-source", "/pages"), ("ce-type", "site.event"), ("ce-subject", site), ("ce-time", "2023-01-01T00:00:04Z"));

        Assert.That((structured.Status, structured["eventId"]), Is.EqualTo((201, "/pages 1")), structured.Text);
        Assert.That((batch.Status, batch["accepted"]), Is.EqualTo((207, "2")), batch.Text);
        Assert.That(binary.Status, Is.EqualTo(201), binary.Text);
        Assert.That(
            (await ExportAsync(site)).Select(each => $"{each.GetProperty("path")} {each.GetProperty("timestamp")}"),
            Is.EqualTo(new[]
            {
                "/1 2023-01-01T00:00:01Z", "/2 2023-01-01T00:00:02Z", "/4 2023-01-01T00:00:04Z", "/3 2023-01-01T00:00:09Z",
            }));
    }

    [TestCase("""{"site":7}""", "site")]
    [TestCase("""{"site":""}""", "site")]
    [TestCase("""{"site":null}""", "site")]
    [TestCase("""{"site":"\ud800"}""", "site")]
    [TestCase("""{"site":"a\nb"}""", "site")]
    [TestCase("""{"site":".."}""", "site")]
    [TestCase("""{"site":"a%2fb"}""", "site")]
    [TestCase("""{"type":[]}""", "type")]
    [TestCase("""{"type":""}""", "type")]
    [TestCase("""{"path":false}""", "path")]
    [TestCase("""{"path":""}""", "path")]
    [TestCase("""{"user":""}""", "user")]
    [TestCase("""{"user":5}""", "user")]
    [TestCase("""{"timestamp":[]}""", "timestamp")]
    [TestCase("""{"timestamp":"2023-01-01T00:00:00"}""", "timestamp")]
    [TestCase("""{"timestamp":"2999-01-01T00:00:00Z"}""", "timestamp")]
    [TestCase("""{"eventId":""}""", "eventId")]
    [TestCase("""{"eventId":5}""", "eventId")]
    [TestCase("""{"referrer":""}""", "referrer")]
    [TestCase("""{"utm":"x"}""", "utm")]
    [TestCase("""{"utm":{"source":5}}""", "utm.source")]
    [TestCase("""{"utm":{"source":""}}""", "utm.source")]
    [TestCase("""{"utm":{"other":"x"}}""", "utm.other")]
    [TestCase("""{"properties":[]}""", "properties")]
    [TestCase("""{"properties":{"a":{}}}""", "properties.a")]
    [TestCase("""{"properties":{"a":"\u0001"}}""", "properties.a")]
    [TestCase("""{"userAgent":""}""", "userAgent")]
    [TestCase("""{"other":[1,{}]}""", "other")]
    [TestCase("""{"path":"/","path":"/"}""", "$")]
    [TestCase("[[]", "$")]
    [TestCase("{", "$")]
    [TestCase("{}x", "$")]
    [TestCase("", "$")]
    [TestCase("null", "$")]
    public async Task A_bad_event_is_400_and_names_the_field(string body, string field) =>
        (await SendAsync(HttpMethod.Post, Route, Content(Encoding.UTF8.GetBytes(body)))).AssertWrong(field);

    [TestCase("site", 256)]
    [TestCase("type", 101)]
    [TestCase("path", 2_049)]
    [TestCase("user", 256)]
    [TestCase("eventId", 256)]
    [TestCase("referrer", 2_049)]
    [TestCase("userAgent", 1_025)]
    public async Task A_text_that_is_too_long_is_400(string field, int length)
    {
        var body = new Dictionary<string, string> { ["site"] = "s", ["type"] = "t", ["path"] = "/" };
        body[field] = new string('x', length);
        (await PostAsync(Route, body)).AssertWrong(field);
    }

    [Test]
    public async Task Too_many_properties_other_types_and_unknown_parameters_are_refused()
    {
        var properties = Enumerable.Range(0, 21).ToDictionary(i => $"p{i}", i => i);
        (await PostAsync(Route, new { site = "s", type = "t", path = "/", properties })).AssertWrong("properties");
        (await SendAsync(HttpMethod.Post, Route, Content("{}", "text/plain"))).AssertProblem(415);
        (await PostAsync($"{Route}?dryRun=1", "{}")).AssertWrong("dryRun");
        (await SendLargeAsync(Route)).AssertProblem(413);
    }

    [Test]
    public async Task An_export_has_all_that_was_sent_as_lines_and_as_csv()
    {
        var site = NewSite();
        await PostAsync(Route, new
        {
            site,
            type = "purchase",
            path = "=1+1",
            user = "u",
            timestamp = "2023-01-01T00:00:00.1234567Z",
            eventId = "x",
            referrer = "https://r/",
            utm = new { source = "s", medium = "m", campaign = "c", term = "t", content = "k" },
            properties = new { n = 1.5, on = true, t = "x,\"y\"" },
            userAgent = "Mozilla/5.0 (compatible; Googlebot/2.1)",
        });

        var line = (await ExportAsync(site)).Single();
        var csv = await GetAsync($"/api/v1/sites/export?site={site}&format=csv");

        Assert.That(line.GetProperty("timestamp").GetString(), Is.EqualTo("2023-01-01T00:00:00.1234567Z"));
        Assert.That((line.GetProperty("bot").GetBoolean(), line.GetProperty("utmContent").GetString()), Is.EqualTo((true, "k")));
        using var properties = JsonDocument.Parse(line.GetProperty("properties").GetString()!);
        Assert.That(properties.RootElement.GetProperty("t").GetString(), Is.EqualTo("x,\"y\""));
        Assert.That(csv.Text.Split("\r\n")[0], Is.EqualTo(
            "site,timestamp,eventId,type,path,user,visitor,bot,referrer,utmSource,utmMedium,utmCampaign,utmTerm,utmContent,properties,"
            + "receivedAt,address"));
        Assert.That(csv.Text, Does.Contain(",'=1+1,u,").And.Contain("\"{\"\"n\"\":\"\"1.5\"\""));
        (await GetAsync("/api/v1/sites/export?format=xml")).AssertWrong("format");
        (await GetAsync("/api/v1/sites/export?from=x")).AssertWrong("from");
    }

    [Test]
    public async Task Addresses_that_events_name_are_recorded_by_the_privacy_mode_and_tell_visitors_apart()
    {
        var site = NewSite();
        foreach (var address in new[] { "198.51.100.7", "198.51.100.9", "203.0.113.5", "2001:db8:1:2::3", null })
        {
            var answer = await PostAsync(Route, new { site, type = "page_view", path = "/", address, eventId = $"at {address}" });
            Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        }

        var exported = (await ExportAsync(site)).ToDictionary(each => each.GetProperty("eventId").GetString()!);
        Assert.That(
            exported.Select(each => (each.Key, each.Value.GetProperty("address").GetString())),
            Is.EquivalentTo(new[]
            {
                ("at 198.51.100.7", "198.51.100.0"), ("at 198.51.100.9", "198.51.100.0"), ("at 203.0.113.5", "203.0.113.0"),
                ("at 2001:db8:1:2::3", "2001:db8:1::"), ("at ", "127.0.0.0"),
            }));
        Assert.That(exported.Values.Select(each => each.GetProperty("visitor").GetString()).Distinct().Count(), Is.EqualTo(4));
        foreach (var wrong in new[] { "", "nowhere", "1", "198.51.100.7:80x", "198.51.100.300" })
        {
            (await PostAsync(Route, new { site, type = "t", path = "/", address = wrong })).AssertWrong("address");
        }
    }

    [Test]
    public async Task Tags_in_a_paths_query_are_those_of_the_event_unless_it_names_its_own()
    {
        var site = NewSite();
        const string Path = "/p?x=1&utm_source=news%20letter+a&UTM_Medium=e%2Bmail&utm_campaign=&utm_term=%ff#utm_content=no";
        await PostAsync(Route, new { site, type = "page_view", path = Path, eventId = "1" });
        await PostAsync(Route, new { site, type = "page_view", path = Path, eventId = "2", utm = new { source = "own", content = "c" } });
        await PostAsync(Route, new { site, type = "page_view", path = $"/?utm_source={new string('x', 256)}", eventId = "3" });
        await PostAsync("/event", new { site_id = site, event_type = "page_view", path = "/?utm_source=seed" }, ("Idempotency-Key", "4"));

        var tags = (await ExportAsync(site)).ToDictionary(
            each => each.GetProperty("eventId").GetString()!,
            each => string.Join('|', new[] { "utmSource", "utmMedium", "utmCampaign", "utmContent" }.Select(
                name => each.TryGetProperty(name, out var tag) ? tag.GetString() : "-")));
        Assert.That(tags, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["1"] = "news letter a|e+mail|-|-",
            ["2"] = "own|e+mail|-|c",
            ["3"] = "-|-|-|-",
            ["4"] = "seed|-|-|-",
        }));
        var stats = await GetAsync($"/api/v1/sites/{site}/stats?utmSource=seed&from=2020-01-01");
        Assert.That(stats.Json.GetProperty("totals").GetProperty("views").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_erased_user_is_gone_from_all_numbers_and_exports()
    {
        var site = NewSite();
        object[] events =
        [
            new { site, type = "page_view", path = "/a", user = "a/b", eventId = "1" },
            new { site, type = "page_view", path = "/b", user = "other", eventId = "2" },
        ];
        await PostAsync(Route, events);

        var erased = await DeleteAsync($"/api/v1/sites/{site}/users/a%2Fb");
        await PostAsync(Route, events);

        Assert.That(erased.Status, Is.EqualTo(204));
        var tracked = await GetAsync($"/api/v1/events/{erased.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        Assert.That((await ExportAsync(site)).Select(each => each.GetProperty("user").GetString()), Is.EqualTo(new[] { "other" }));
        Assert.That(await ViewsAsync(site), Is.EqualTo(1));
    }

    [Test]
    public async Task Visitors_without_a_user_are_told_apart_by_their_browsers_and_can_be_erased()
    {
        var site = NewSite();
        for (var i = 0; i < 3; i++)
        {
            await PostAsync(Route, new { site, type = "page_view", path = "/", userAgent = $"Browser {i % 2}" });
        }

        var visitors = (await ExportAsync(site)).Select(each => each.GetProperty("visitor").GetString()!).ToList();
        Assert.That(visitors.Distinct().Count(), Is.EqualTo(2));
        Assert.That(visitors, Is.All.Match("^[0-9a-f]{16}$"));
        var stats = (await GetAsync($"/api/v1/sites/{site}/stats")).Json.GetProperty("totals");
        Assert.That((stats.GetProperty("visitors").GetInt32(), stats.GetProperty("users").GetInt32()), Is.EqualTo((2, 0)));

        Assert.That((await DeleteAsync($"/api/v1/sites/{site}/visitors/{visitors[0]}")).Status, Is.EqualTo(204));
        Assert.That((await ExportAsync(site)).Select(each => each.GetProperty("visitor").GetString()), Has.None.EqualTo(visitors[0]));
        (await DeleteAsync($"/api/v1/sites/{site}/visitors/xyz")).AssertWrong("visitorId");
        (await DeleteAsync($"/api/v1/sites/{site}/users/x?really=1")).AssertWrong("really");
    }

    private async Task<List<JsonElement>> ExportAsync(string site) =>
        [.. (await GetAsync($"/api/v1/sites/export?site={site}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];

    private async Task<int> ViewsAsync(string site) =>
        (await GetAsync($"/api/v1/sites/{site}/stats")).Json.GetProperty("totals").GetProperty("views").GetInt32();
}
