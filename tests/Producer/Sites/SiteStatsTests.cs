using System.Globalization;
using System.Text.Json;

namespace Tests.Producer.Sites;

/// <summary>GET /api/v1/sites/{id}/stats and the listing.</summary>
public sealed class SiteStatsTests : RestTests
{
    private const string Route = "/api/v1/sites/events";
    private static int made;

    private static string NewSite() => $"stats-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task Totals_visits_top_lists_and_the_period_before_are_those_of_the_events()
    {
        var site = await SendAsync(
            ("2023-01-01T10:00:00Z", "page_view", "/a", "u"), ("2023-01-01T10:29:59Z", "page_view", "/b", "u"),
            ("2023-01-01T10:59:59Z", "click", "/b", "u"), ("2023-01-01T10:05:00Z", "page_view", "/a", "v"),
            ("2022-12-31T12:00:00Z", "page_view", "/a", "w"));

        var stats = await StatsAsync(site, "from=2023-01-01&to=2023-01-02&compare=true");

        var totals = stats.GetProperty("totals");
        Assert.That(
            ("events views visitors users visits".Split(' ').Select(name => totals.GetProperty(name).GetInt32())),
            Is.EqualTo(new[] { 4, 3, 2, 2, 3 }), "u's click came exactly 30 minutes after the second view.");
        Assert.That(totals.GetProperty("visitorsExact").GetBoolean(), Is.True);
        Assert.That(totals.GetProperty("bounceRate").GetDouble(), Is.EqualTo(0.6667));
        Assert.That(totals.GetProperty("visitSeconds").GetDouble(), Is.EqualTo(599.667));
        Assert.That(stats.GetProperty("previous").GetProperty("views").GetInt32(), Is.EqualTo(1));
        Assert.That(stats.GetProperty("topPaths").GetRawText(), Is.EqualTo("""[{"path":"/a","views":2},{"path":"/b","views":1}]"""));
        Assert.That(
            stats.GetProperty("topTypes").GetRawText(),
            Is.EqualTo("""[{"type":"page_view","events":3},{"type":"click","events":1}]"""));
        Assert.That(stats.GetProperty("visitorsNow").GetInt32(), Is.Zero);
        Assert.That(
            (stats.GetProperty("from").GetString(), stats.GetProperty("zone").GetString()), Is.EqualTo(("2023-01-01T00:00:00Z", "UTC")));
        Assert.That(stats.TryGetProperty("series", out _) || stats.TryGetProperty("breakdown", out _), Is.False);
    }

    [Test]
    public async Task Late_events_join_visits_that_were_two()
    {
        var site = await SendAsync(("2023-01-01T10:00:00Z", "page_view", "/", "u"), ("2023-01-01T10:50:00Z", "page_view", "/", "u"));
        Assert.That(Int(await StatsAsync(site, "from=2023-01-01&to=2023-01-02"), "visits"), Is.EqualTo(2));

        await SendAsync(site, ("2023-01-01T10:25:00Z", "page_view", "/", "u"));

        var totals = (await StatsAsync(site, "from=2023-01-01&to=2023-01-02")).GetProperty("totals");
        Assert.That((totals.GetProperty("visits").GetInt32(), totals.GetProperty("visitSeconds").GetDouble()), Is.EqualTo((1, 3_000.0)));
    }

    [Test]
    public async Task A_visit_belongs_to_the_instant_when_it_began_with_all_of_its_events()
    {
        var site = await SendAsync(("2023-01-01T23:50:00Z", "page_view", "/", "u"), ("2023-01-02T00:10:00Z", "page_view", "/", "u"));

        var first = (await StatsAsync(site, "from=2023-01-01&to=2023-01-02")).GetProperty("totals");
        var second = (await StatsAsync(site, "from=2023-01-02&to=2023-01-03")).GetProperty("totals");

        Assert.That((first.GetProperty("visits").GetInt32(), first.GetProperty("visitSeconds").GetDouble()), Is.EqualTo((1, 1_200.0)));
        Assert.That((second.GetProperty("visits").GetInt32(), second.GetProperty("views").GetInt32()), Is.EqualTo((0, 1)));
        Assert.That(second.TryGetProperty("bounceRate", out _), Is.False);
    }

    [Test]
    public async Task Steps_follow_the_zone_and_those_without_events_are_there()
    {
        var site = await SendAsync(
            ("2023-03-24T23:30:00Z", "page_view", "/", "u"), ("2023-03-26T21:59:59Z", "page_view", "/", "u"),
            ("2023-03-26T22:00:00Z", "page_view", "/", "v"));

        // In Berlin the 26th had 23 hours.
        var days = await SeriesAsync(site, "from=2023-03-24&to=2023-03-28&resolution=P1D&zone=Europe/Berlin");
        Assert.That(days, Is.EqualTo(new[]
        {
            ("2023-03-23T23:00:00Z", 0), ("2023-03-24T23:00:00Z", 1), ("2023-03-25T23:00:00Z", 1), ("2023-03-26T22:00:00Z", 1),
        }));
        Assert.That((await SeriesAsync(site, "from=2023-03-24&to=2023-03-28&resolution=P1D&metrics=views,visitors&zone=Europe/Berlin")),
            Is.EqualTo(days), "The same from sums.");
        var hours = await SeriesAsync(site, "from=2023-03-26&to=2023-03-27&resolution=PT1H&zone=Europe/Berlin");
        Assert.That((hours.Length, hours[^1]), Is.EqualTo((23, ("2023-03-26T21:00:00Z", 1))));
        var months = await SeriesAsync(site, "from=2023-02-01&to=2023-05-01&resolution=P1M");
        Assert.That(months.Select(each => each.Views), Is.EqualTo(new[] { 0, 3, 0 }));
        var seconds = await SeriesAsync(site, "from=2023-03-26T21:59:58Z&to=2023-03-26T22:00:01Z&resolution=PT1S");
        Assert.That(seconds.Select(each => each.Views), Is.EqualTo(new[] { 0, 1, 1 }));
    }

    [Test]
    public async Task Filters_and_breakdowns_tell_events_apart()
    {
        var site = NewSite();
        await PostAsync(Route, new object[]
        {
            new
            {
                site, type = "page_view", path = "/a", user = "u", referrer = "https://r/", utm = new { source = "mail", campaign = "x" },
                properties = new { plan = "pro" },
            },
            new { site, type = "page_view", path = "/a", user = "v", utm = new { source = "mail" }, properties = new { plan = "free" } },
            new { site, type = "click", path = "/b", user = "u", properties = new { plan = "pro" } },
        });

        foreach (var (filter, events) in new[]
        {
            ("type=click", 1), ("path=/a", 2), ("referrer=https://r/", 1), ("utmSource=mail", 2), ("utmCampaign=x", 1),
            ("property=plan:pro", 2),
            ("property=plan:pro&type=page_view", 1), ("utmMedium=mail", 0), ("property=other:", 0),
        })
        {
            Assert.That(Int(await StatsAsync(site, filter), "events"), Is.EqualTo(events), filter);
        }

        Assert.That(await BreakdownAsync("property:plan"), Is.EqualTo(new[] { ("pro", 2, 1), ("free", 1, 1) }));
        Assert.That(await BreakdownAsync("utmSource"), Is.EqualTo(new[] { ("mail", 2, 2), (null, 1, 1) }));
        Assert.That(await BreakdownAsync("path&top=1&page=2"), Is.EqualTo(new[] { ("/b", 1, 1) }));

        async Task<(string? Value, int Events, int Visitors)[]> BreakdownAsync(string by) =>
            [.. (await StatsAsync(site, $"breakdown={by}")).GetProperty("breakdown").EnumerateArray().Select(each => (
                each.TryGetProperty("value", out var value) ? value.GetString() : null,
                Int(each, "events"), Int(each, "visitors")))];
    }

    [Test]
    public async Task Breakdowns_have_visits_of_each_value_that_are_those_of_a_filter_by_it()
    {
        var site = await SendAsync(
            ("2023-01-01T10:00:00Z", "page_view", "/a", "u"), ("2023-01-01T10:10:00Z", "page_view", "/b", "u"),
            ("2023-01-01T10:20:00Z", "page_view", "/a", "u"), ("2023-01-01T11:30:00Z", "page_view", "/a", "u"),
            ("2023-01-01T10:05:00Z", "page_view", "/a", "v"), ("2022-12-31T23:50:00Z", "page_view", "/c", "w"),
            ("2023-01-01T00:10:00Z", "page_view", "/d", "w"), ("2023-01-01T00:35:00Z", "page_view", "/d", "w"),
            ("2023-01-01T23:50:00Z", "page_view", "/d", "w"), ("2023-01-02T00:15:00Z", "page_view", "/d", "w"));
        const string Period = "from=2023-01-01&to=2023-01-02";

        var rows = (await StatsAsync(site, $"{Period}&breakdown=path")).GetProperty("breakdown").EnumerateArray().ToList();

        var told = rows.ToDictionary(each => each.GetProperty("value").GetString()!, each => each.GetProperty("totals").GetRawText());
        Assert.That(told.Keys, Is.EquivalentTo(new[] { "/a", "/b", "/d" }));
        foreach (var (path, totals) in told)
        {
            var filtered = await StatsAsync(site, $"{Period}&path={path}");
            Assert.That(totals, Is.EqualTo(filtered.GetProperty("totals").GetRawText()), path);
        }

        var a = rows.Single(each => each.GetProperty("value").GetString() == "/a").GetProperty("totals");
        Assert.That(
            (a.GetProperty("visits").GetInt32(), a.GetProperty("bounceRate").GetDouble(), a.GetProperty("visitSeconds").GetDouble()),
            Is.EqualTo((3, 0.6667, 400.0)));
        var d = rows.Single(each => each.GetProperty("value").GetString() == "/d").GetProperty("totals");
        Assert.That(d.GetProperty("visits").GetInt32(), Is.EqualTo(2), "w's first visit there began at ten past midnight");
    }

    [Test]
    public async Task Several_properties_filter_together_and_names_may_have_colons()
    {
        var site = NewSite();
        object Event(params (string Name, string Value)[] properties) => new
        {
            site,
            type = "t",
            path = "/",
            properties = properties.ToDictionary(each => each.Name, each => each.Value),
        };
        await PostAsync(Route, new[]
        {
            Event(("plan", "pro"), ("a:b", "x:y")), Event(("plan", "pro"), ("a", "b:x:y")), Event(("plan", "free"), ("a:b", "x:y")),
            Event(("c\\d", "1")),
        });

        foreach (var (filter, events) in new[]
        {
            ("property=plan:pro", 2), ("property=plan:pro&property=a\\:b:x:y", 1), ("property=a\\:b:x:y", 2), ("property=a:b:x:y", 1),
            ("property=plan:pro&property=plan:free", 0), ("property=c\\\\d:1", 1),
        })
        {
            var stats = await StatsAsync(site, filter.Replace("\\", "%5C", StringComparison.Ordinal));
            Assert.That(Int(stats, "events"), Is.EqualTo(events), filter);
        }
    }

    [Test]
    public async Task Bots_are_counted_apart_and_visitors_of_the_last_five_minutes_are_told()
    {
        var site = NewSite();
        await PostAsync(Route, new { site, type = "page_view", path = "/", user = "u" });
        await PostAsync(Route, new { site, type = "page_view", path = "/" }, ("User-Agent", "Mozilla/5.0 (compatible; bingbot/2.0)"));
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-6).ToString("O");
        await PostAsync(Route, new { site, type = "page_view", path = "/", user = "before", timestamp = before });

        var stats = await StatsAsync(site, string.Empty);

        Assert.That((Int(stats, "views"), Int(stats, "botEvents"), Int(stats, "visitors")), Is.EqualTo((2, 1, 2)));
        Assert.That(stats.GetProperty("visitorsNow").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("from=x", "from")]
    [TestCase("to=2023-13-01", "to")]
    [TestCase("from=2023-01-02&to=2023-01-01", "from")]
    [TestCase("resolution=P1DT1H", "resolution")]
    [TestCase("resolution=1h", "resolution")]
    [TestCase("resolution=PT1S", "resolution")]
    [TestCase("zone=Mars/Olympus", "zone")]
    [TestCase("zone=/etc/localtime", "zone")]
    [TestCase("zone=", "zone")]
    [TestCase("top=0", "top")]
    [TestCase("top=1001", "top")]
    [TestCase("page=0", "page")]
    [TestCase("metrics=clicks", "metrics")]
    [TestCase("breakdown=user", "breakdown")]
    [TestCase("breakdown=property:", "breakdown")]
    [TestCase("property=plan", "property")]
    [TestCase("property=plan%5Cx:1", "property")]
    [TestCase("property=plan%5C", "property")]
    [TestCase("property=:1", "property")]
    [TestCase("property=a:1&property=b", "property")]
    [TestCase("compare=1", "compare")]
    [TestCase("user=u", "user")]
    [TestCase("path=/a&path=/b", "path")]
    public async Task A_bad_parameter_is_400_and_named(string query, string field) =>
        (await GetAsync($"/api/v1/sites/any/stats?{query}")).AssertWrong(field);

    [Test]
    public async Task An_unknown_site_is_404_and_sites_are_listed_page_by_page()
    {
        (await GetAsync("/api/v1/sites/nobody/stats")).AssertProblem(404);
        string[] sites =
            [await SendAsync(("2023-01-01T10:00:00Z", "t", "/", "u")), await SendAsync(("2023-01-01T10:00:00Z", "t", "/", "u"))];
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/v1/sites?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            found.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(each => each.GetProperty("id").GetString()!));
            cursor = page.Json.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.That(found, Is.SupersetOf(sites).And.Ordered.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
        (await GetAsync("/api/v1/sites?cursor=zz")).AssertWrong("cursor");
    }

    private async Task<string> SendAsync(params (string At, string Type, string Path, string User)[] events)
    {
        var site = NewSite();
        await SendAsync(site, events);
        return site;
    }

    private async Task SendAsync(string site, params (string At, string Type, string Path, string User)[] events)
    {
        var answer = await PostAsync(
            Route, events.Select(each => new { site, type = each.Type, path = each.Path, user = each.User, timestamp = each.At }));
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    private static int Int(JsonElement stats, string name) => stats.GetProperty("totals").GetProperty(name).GetInt32();

    private async Task<JsonElement> StatsAsync(string site, string query)
    {
        var answer = await GetAsync($"/api/v1/sites/{site}/stats?{query}");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        return answer.Json;
    }

    private async Task<(string At, int Views)[]> SeriesAsync(string site, string query) =>
        [.. (await StatsAsync(site, query)).GetProperty("series").EnumerateArray().Select(each =>
            (each.GetProperty("at").GetString()!, each.GetProperty("totals").GetProperty("views").GetInt32()))];
}
