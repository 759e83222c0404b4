using System.Globalization;

namespace Tests.Producer.Sites;

/// <summary>The first site service's routes: every status and every shape.</summary>
public sealed class SeedSitesTests : RestTests
{
    private const string Required = "\"site_id is required\",\"event_type is required\",\"path is required\"";
    private static int made;

    private static string NewSite() => $"seed-{Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture)}";

    [Test]
    public async Task An_event_is_202_queued_and_is_counted()
    {
        var site = NewSite();

        var answer = await PostAsync("/event", new
        {
            site_id = site,
            event_type = "page_view",
            path = "/pricing",
            user_id = "user-xyz",
            timestamp = "2023-01-01T19:30:01Z",
        });

        Assert.That((answer.Status, answer.MediaType, answer.Text), Is.EqualTo(
            (202, "application/json", """{"status":"queued","message":"Event received and queued for processing"}""")));
        var tracked = await GetAsync($"/api/v1/events/{answer.Headers.GetValues("X-Tracking-Id").Single()}");
        Assert.That(tracked["state"], Is.EqualTo("applied"));
        Assert.That((await GetAsync($"/stats?site_id={site}&date=2023-01-01")).Text, Is.EqualTo(
            $$"""{"site_id":"{{site}}","date":"2023-01-01","total_views":1,"unique_users":1,"""
            + "\"top_paths\":[{\"path\":\"/pricing\",\"views\":1}]}"));
    }

    [TestCase("", Required)]
    [TestCase("{}", Required)]
    [TestCase("""{"site_id":"","event_type":null,"path":"","timestamp":"x"}""",
        Required + ",\"timestamp must be a valid ISO date string\"")]
    [TestCase("""{"site_id":"s","event_type":"t"}""", "\"path is required\"")]
    [TestCase("""{"site_id":"s","event_type":"t","path":"/","timestamp":"yesterday"}""", "\"timestamp must be a valid ISO date string\"")]
    [TestCase("""{"site_id":"s","event_type":"t","path":"/","timestamp":true}""", "\"timestamp must be a valid ISO date string\"")]
    [TestCase("""{"site_id":"s","event_type":"t","path":"/","timestamp":"2999-01-01T00:00:00Z"}""",
        "\"timestamp lies more than 5 minutes in the future\"")]
    [TestCase("""{"site_id":5,"event_type":"t","path":"/"}""", "\"site_id must be a string\"")]
    [TestCase("""{"site_id":"..","event_type":"t","path":"/"}""",
        "\"site_id must not be . or .., and not contain %2F: addresses could not name it\"")]
    [TestCase("[]", "\"Request body must be a JSON object\"")]
    public async Task An_event_that_is_not_valid_is_400_with_all_reasons(string body, string errors)
    {
        var answer = await SendAsync(HttpMethod.Post, "/event", Content(System.Text.Encoding.UTF8.GetBytes(body)));

        Assert.That((answer.Status, answer.Text), Is.EqualTo((400, $$"""{"errors":[{{errors}}]}""")));
    }

    [TestCase("site_id", 255)]
    [TestCase("event_type", 100)]
    [TestCase("path", 2_048)]
    [TestCase("user_id", 255)]
    public async Task Lengths_are_bounded(string field, int max)
    {
        var body = new Dictionary<string, string> { ["site_id"] = "s", ["event_type"] = "t", ["path"] = "/" };
        body[field] = new string('x', max);
        Assert.That((await PostAsync("/event", body)).Status, Is.EqualTo(202));
        body[field] += "x";
        Assert.That(
            (await PostAsync("/event", body)).Text, Does.StartWith($$"""{"errors":["{{field}} must have 1 to {{max}} characters"""));
    }

    [Test]
    public async Task Other_content_types_and_large_bodies_are_refused_in_the_seeds_shape()
    {
        var text = await SendAsync(HttpMethod.Post, "/event", Content("{}", "text/plain"));
        var large = await SendLargeAsync("/event");

        Assert.That(text.Status, Is.EqualTo(415));
        Assert.That(text.Text, Does.StartWith("""{"error":"Send application/json"""));
        Assert.That(large.Status, Is.EqualTo(413));
        Assert.That(large.Text, Does.StartWith("{\"error\":"));
    }

    [Test]
    public async Task Timestamps_may_be_missing_dates_local_and_epochs()
    {
        var site = NewSite();
        foreach (var timestamp in new[]
        {
            "null", "\"\"", "\"2023-05-05\"", "\"2023-05-05T12:00:00\"", "\"2023-05-05T23:59:59.999+00:00\"", "1683244800",
        })
        {
            var answer = await PostAsync(
                "/event", $$"""{"site_id":"{{site}}","event_type":"page_view","path":"/","timestamp":{{timestamp}}}""");
            Assert.That(answer.Status, Is.EqualTo(202), timestamp);
        }

        Assert.That((await GetAsync($"/stats?site_id={site}&date=2023-05-05"))["total_views"], Is.EqualTo("4"));
        Assert.That((await GetAsync($"/stats?site_id={site}"))["total_views"], Is.EqualTo("6"));
    }

    [Test]
    public async Task An_idempotency_key_makes_repeating_safe()
    {
        var body = new { site_id = NewSite(), event_type = "page_view", path = "/" };
        await PostAsync("/event", body, ("Idempotency-Key", "k"));
        var again = await PostAsync("/event", body, ("Idempotency-Key", "k"));

        Assert.That(again.Status, Is.EqualTo(202));
        Assert.That((await GetAsync($"/stats?site_id={body.site_id}"))["total_views"], Is.EqualTo("1"));
        Assert.That(
            (await PostAsync("/event", body, ("Idempotency-Key", "a b"))).Text, Does.StartWith("{\"errors\":[\"Idempotency-Key must"));
    }

    [Test]
    public async Task Stats_count_views_of_page_views_users_of_all_types_and_the_ten_top_paths_with_ties_by_path()
    {
        var site = NewSite();
        (string, int)[] counts =
        [
            ("/l", 1), ("/b", 2), ("/a", 2), ("/Z", 2), ("/c", 5), ("/d", 1), ("/e", 1), ("/f", 1), ("/g", 1), ("/h", 1), ("/i", 1),
        ];
        foreach (var (path, views) in counts)
        {
            for (var i = 0; i < views; i++)
            {
                await SendAsync(site, "page_view", path, $"u{i}", "2023-01-01T00:00:00Z");
            }
        }

        await SendAsync(site, "click", "/k", "clicker", "2023-01-01T23:59:59Z");
        await SendAsync(site, "page_view", "/next", null, "2023-01-02T00:00:00Z");

        var day = await GetAsync($"/stats?site_id={site}&date=2023-01-01");
        var all = await GetAsync($"/stats?site_id={site}");

        Assert.That(day.Text, Is.EqualTo($$"""{"site_id":"{{site}}","date":"2023-01-01","total_views":18,"unique_users":6,"top_paths":["""
            + string.Join(',', counts.OrderByDescending(each => each.Item2).ThenBy(each => each.Item1, StringComparer.Ordinal).Take(10)
                .Select(each => $$"""{"path":"{{each.Item1}}","views":{{each.Item2}}}""")) + "]}"));
        Assert.That((all["total_views"], all["unique_users"]), Is.EqualTo(("19", "6")));
        Assert.That(all.Headers.GetValues("X-Unique-Users-Exact"), Is.EqualTo(new[] { "true" }));
        Assert.That(all.Text, Does.Contain("\"date\":null"));
    }

    private Task<Answer> SendAsync(string site, string type, string path, string? user, string at) =>
        PostAsync("/event", new { site_id = site, event_type = type, path, user_id = user, timestamp = at });

    [TestCase("/stats", "site_id is required")]
    [TestCase("/stats?site_id=", "site_id is required")]
    [TestCase("/stats?site_id=x&date=2023-02-30", "date must be a valid date (YYYY-MM-DD)")]
    [TestCase("/stats?site_id=x&date=today", "date must be a valid date (YYYY-MM-DD)")]
    public async Task Stats_that_cannot_be_asked_for_are_400(string path, string error)
    {
        var answer = await GetAsync(path);

        Assert.That((answer.Status, answer.Text), Is.EqualTo((400, $$"""{"error":"{{error}}"}""")));
    }

    [TestCase("")]
    [TestCase("&date=0001-01-01")]
    [TestCase("&date=9999-12-31")]
    public async Task Stats_of_an_unknown_site_are_zeros(string date)
    {
        var answer = await GetAsync($"/stats?site_id=nobody{date}");

        Assert.That((answer.Status, answer["total_views"], answer["unique_users"]), Is.EqualTo((200, "0", "0")), answer.Text);
        Assert.That(answer.Text, Does.EndWith("\"top_paths\":[]}"));
    }
}
