using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A publishable key in a page, in a real Chromium: it works on its own page and on no other.</summary>
public sealed class BrowserKeyTests
{
    private const string Event = """{"type":"page_view","path":"/a"}""";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private StandaloneProcess standalone = null!;
    private WebPage pages = null!;
    private Browser browser = null!;
    private string events = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        browser = await Browser.StartAsync("shop.example", "evil.example");
        pages = await WebPage.StartAsync();
        var first = global::Contracts.Access.KeyText.Create();
        standalone = await StandaloneProcess.StartNewAsync($"--Keys:First={first.Text}");
        standalone.Http.DefaultRequestHeaders.Add("X-Api-Key", first.Text);
        using var made = await standalone.Http.PostAsJsonAsync(
            "/api/v1/keys",
            new { name = "shop", scopes = new[] { "write" }, site = "shop", origins = new[] { $"http://shop.example:{pages.Port}" } });
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();
        events = $"{standalone.Http.BaseAddress}api/v1/sites/events?key={key}";
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var each in new IAsyncDisposable?[] { standalone, pages, browser }.OfType<IAsyncDisposable>())
        {
            await each.DisposeAsync();
        }
    }

    [Test]
    public async Task A_beacon_and_a_fetch_of_its_page_count_and_those_of_another_do_not()
    {
        var own = await OpenAsync("shop.example");
        await own.EvaluateAsync("([url, event]) => navigator.sendBeacon(url, new Blob([event], {type: 'application/json'}))", Sent());
        await Eventually.That(async () => await ViewsAsync() == 1, MaxWait, "the beacon is counted");
        Assert.That(await FetchAsync(own), Is.EqualTo("201"), "and a fetch can read its answer");
        await Eventually.That(async () => await ViewsAsync() == 2, MaxWait, "the fetch is counted");

        var other = await OpenAsync("evil.example");
        Assert.That(await FetchAsync(other), Does.StartWith("refused"));
        await other.EvaluateAsync("([url, event]) => navigator.sendBeacon(url, new Blob([event], {type: 'application/json'}))", Sent());
        await other.EvaluateAsync("([url, event]) => fetch(url, {method: 'POST', mode: 'no-cors', body: event})", Sent());
        Assert.That(await FetchAsync(own), Is.EqualTo("201"), "after those");
        await Eventually.That(async () => await ViewsAsync() == 3, MaxWait, "its own alone are counted");
    }

    private object[] Sent() => [events, Event];

    private async Task<IPage> OpenAsync(string host)
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync($"http://{host}:{pages.Port}/");
        return page;
    }

    private Task<string> FetchAsync(IPage page) => page.EvaluateAsync<string>(
        """
        async ([url, event]) => {
          try {
            const answer = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: event});
            return `${answer.status}`;
          } catch (error) { return `refused: ${error.message}`; }
        }
        """,
        Sent());

    /// <summary>All that has come, whether or not a browser without a window counts as a visitor.</summary>
    private async Task<int> ViewsAsync() => (await standalone.Http.GetStringAsync("/api/v1/sites/export?site=shop"))
        .Split('\n').Count(line => line.Contains("page_view", StringComparison.Ordinal));
}
