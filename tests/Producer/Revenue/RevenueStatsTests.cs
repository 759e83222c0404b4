namespace Tests.Producer.Revenue;

/// <summary>GET /api/v1/revenue/stats.</summary>
public sealed class RevenueStatsTests : RestTests
{
    private const string Stats = "/api/v1/revenue/stats";

    [OneTimeSetUp]
    public async Task SendEvents()
    {
        (string User, string Name, string Value, string Currency, string At)[] events =
        [
            ("a", "add_revenue", "10", "EUR", "2024-02-29T22:59:59Z"),
            ("a", "subtract_revenue", "2.5", "EUR", "2024-02-29T23:00:00Z"),
            ("b", "add_revenue", "0.25", "EUR", "2024-03-01T00:00:00Z"),
            ("b", "add_revenue", "7", "USD", "2024-03-31T00:30:00Z"),
            ("b", "add_revenue", "1", "USD", "2024-03-31T01:30:30Z"),
            ("a", "add_revenue", "100", "EUR", "2025-01-01T00:00:00Z"),
        ];
        var answer = await PostAsync("/api/v1/revenue/events", events.Select(each => new
        {
            user = each.User,
            name = each.Name,
            value = each.Value,
            currency = each.Currency,
            timestamp = each.At,
        }));
        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
    }

    [TestCase("from=2024-01-01&to=2026-01-01", "EUR 110.25-2.5 (4), USD 8-0 (2)")]
    [TestCase("from=2024-01-01&to=2025-01-01", "EUR 10.25-2.5 (3), USD 8-0 (2)")]
    [TestCase("from=2024-01-01&to=2026-01-01&user=a", "EUR 110-2.5 (3)")]
    [TestCase("from=2024-01-01&to=2026-01-01&currency=USD", "USD 8-0 (2)")]
    [TestCase("from=2024-03-31T01:30:29Z&to=2024-03-31T01:30:30Z", "USD 1-0 (1)", Description = "Widened to the minute.")]
    [TestCase("from=2024-01-01&to=2026-01-01&user=nobody", "")]
    [TestCase("", "", Description = "The last 30 days.")]
    public async Task Totals_are_those_of_the_period(string query, string totals)
    {
        var answer = await GetAsync($"{Stats}?{query}");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(string.Join(", ", answer.Json.GetProperty("totals").EnumerateArray().Select(each =>
            $"{each.GetProperty("currency")} {each.GetProperty("added")}-{each.GetProperty("subtracted")} ({each.GetProperty("events")})")),
            Is.EqualTo(totals));
        Assert.That(answer.Json.TryGetProperty("series", out _), Is.False);
    }

    [TestCase("P1Y", "UTC", "2024-01-01T00:00:00Z EUR 7.75, 2024-01-01T00:00:00Z USD 8, 2025-01-01T00:00:00Z EUR 100")]
    [TestCase("P1M", "UTC", "2024-02-01T00:00:00Z EUR 7.5, 2024-03-01T00:00:00Z EUR 0.25, 2024-03-01T00:00:00Z USD 8, "
        + "2025-01-01T00:00:00Z EUR 100")]
    [TestCase("P1M", "Europe/Berlin", "2024-01-31T23:00:00Z EUR 10, 2024-02-29T23:00:00Z EUR -2.25, 2024-02-29T23:00:00Z USD 8, "
        + "2024-12-31T23:00:00Z EUR 100")]
    [TestCase("P1D", "Asia/Kathmandu", "2024-02-29T18:15:00Z EUR 7.75, 2024-03-30T18:15:00Z USD 8, 2024-12-31T18:15:00Z EUR 100")]
    public async Task Series_are_cut_by_the_calendar_of_any_zone(string resolution, string zone, string series) => Assert.That(
        await SeriesAsync($"from=2024-01-01&to=2025-02-01&resolution={resolution}&zone={zone}"), Is.EqualTo(series));

    [TestCase("PT1H", "2024-03-31T00:00:00Z USD 7, 2024-03-31T01:00:00Z USD 1")]
    [TestCase("PT1M", "2024-03-31T00:30:00Z USD 7, 2024-03-31T01:30:00Z USD 1")]
    public async Task Series_are_cut_by_parts_of_days(string resolution, string series) => Assert.That(
        await SeriesAsync($"from=2024-03-31&to=2024-04-01&resolution={resolution}&zone=Europe/Berlin"), Is.EqualTo(series));

    [Test]
    public async Task A_step_that_the_period_cuts_counts_what_of_it_lies_in_the_period() => Assert.That(
        await SeriesAsync("from=2024-02-29T23:00:00Z&to=2024-03-01T00:00:00Z&resolution=P1D"),
        Is.EqualTo("2024-02-29T00:00:00Z EUR -2.5"));

    [TestCase("resolution=PT1S", "resolution")]
    [TestCase("resolution=PT90S", "resolution")]
    [TestCase("resolution=PT36H", "resolution")]
    [TestCase("resolution=month", "resolution")]
    [TestCase("resolution=PT1M&from=2020-01-01&to=2024-01-01", "resolution")]
    [TestCase("zone=Mars/Olympus", "zone")]
    [TestCase("zone=/etc/passwd", "zone")]
    [TestCase("from=x", "from")]
    [TestCase("from=2024-01-02&to=2024-01-01", "from")]
    [TestCase("to=", "to")]
    [TestCase("user=", "user")]
    [TestCase("currency=eur", "currency")]
    [TestCase("page=1", "page")]
    public async Task What_cannot_be_asked_for_is_400(string query, string field) =>
        (await GetAsync($"{Stats}?{query}")).AssertWrong(field);

    [TestCase("from=0001-01-01&to=9999-12-31")]
    [TestCase("from=0001-01-01&to=9999-12-31T23:59:59.9999999Z&resolution=P1Y")]
    [TestCase("from=9999-12-31&to=9999-12-31T23:59:59.9999999Z&resolution=PT1M")]
    public async Task The_ends_of_the_calendar_are_answered(string query) =>
        Assert.That((await GetAsync($"{Stats}?{query}")).Status, Is.EqualTo(200));

    private async Task<string> SeriesAsync(string query)
    {
        var answer = await GetAsync($"{Stats}?{query}");
        Assert.That(answer.Status, Is.EqualTo(200), answer.Text);
        return string.Join(", ", answer.Json.GetProperty("series").EnumerateArray()
            .Select(each => $"{each.GetProperty("at")} {each.GetProperty("currency")} {each.GetProperty("revenue")}"));
    }
}
