using Tests.Support;

namespace Tests.Producer;

/// <summary>Keys that stand in pages: they only send events of one site, from pages of some origins.</summary>
public sealed class PublishableKeysTests : RestTests
{
    private const string Shop = "https://shop.example.com";
    private const string Events = "/api/v1/sites/events";
    private string key = null!;
    private HttpClient page = null!;

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [OneTimeSetUp]
    public async Task Make()
    {
        var (http, _, text) = await App.CreateKeyAsync(
            Http, new { name = "shop", scopes = new[] { "write" }, site = "shop", origins = new[] { Shop } });
        http.Dispose();
        key = text;
        page = App.CreateClient();
    }

    [OneTimeTearDown]
    public void Leave() => page.Dispose();

    [TestCase("""{"type":"page_view","path":"/a"}""", 201)]
    [TestCase("""{"site":"shop","type":"page_view","path":"/a"}""", 201)]
    [TestCase("""{"site":"other","type":"page_view","path":"/a"}""", 400)]
    [TestCase("""[{"type":"page_view","path":"/a"},{"site":"other","type":"page_view","path":"/a"}]""", 207)]
    [TestCase("""{"type":"page_view","path":"/a","address":"203.0.113.7"}""", 400)]
    public async Task It_sends_events_of_its_site_and_of_no_other(string body, int status)
    {
        var answer = await SendAsync(HttpMethod.Post, $"{Events}?key={key}", body, Shop);

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
        Assert.That(answer.Header("Access-Control-Allow-Origin"), Is.EqualTo(Shop));
    }

    [TestCase("shop", 202)]
    [TestCase("other", 400)]
    public async Task The_first_services_route_likewise(string site, int status)
    {
        var answer = await SendAsync(
            HttpMethod.Post, $"/event?key={key}", $$"""{"site_id":"{{site}}","event_type":"page_view","path":"/"}""", Shop);

        Assert.That(answer.Status, Is.EqualTo(status), answer.Text);
    }

    [TestCase(null)]
    [TestCase("https://evil.example.com")]
    [TestCase("http://shop.example.com")]
    [TestCase("https://shop.example.com:8443")]
    [TestCase("null")]
    public async Task From_anywhere_else_it_is_refused(string? origin)
    {
        var answer = await SendAsync(HttpMethod.Post, $"{Events}?key={key}", """{"type":"page_view","path":"/a"}""", origin);

        Assert.That(answer.Status, Is.EqualTo(403), answer.Text);
        Assert.That(answer.Header("Access-Control-Allow-Origin"), Is.Null);
    }

    [Test]
    public async Task It_opens_no_other_route()
    {
        foreach (var route in Route.All(App.Services).Where(route => !route.Path.StartsWith("/health", StringComparison.Ordinal)
            && route.Path is not (Events or "/event" or "/openapi/v1.json" or "/metrics")))
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path);
            request.Headers.Add("X-Api-Key", key);
            request.Headers.Add("Origin", Shop);
            request.Content = route.IsUnsafe ? Content("{}") : null;
            using var answer = await page.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.That((int)answer.StatusCode, Is.EqualTo(403), $"{route}");
        }
    }

    [Test]
    public async Task A_browser_may_ask_in_advance_without_a_key()
    {
        var allowed = await PreflightAsync(Shop);
        Assert.That((allowed.Status, allowed.Header("Access-Control-Allow-Origin")), Is.EqualTo((204, Shop)));
        Assert.That(allowed.Header("Access-Control-Allow-Methods"), Does.Contain("POST"));
        Assert.That(allowed.Header("Access-Control-Allow-Headers"), Does.Contain("content-type"));
        Assert.That(allowed.Header("Access-Control-Allow-Credentials"), Is.EqualTo("true"), "beacons are sent with them");

        var other = await PreflightAsync("https://evil.example.com");
        Assert.That(other.Header("Access-Control-Allow-Origin"), Is.Null);
    }

    [Test]
    public async Task The_query_takes_it_on_its_own_routes_only_and_another_parameter_is_still_a_slip()
    {
        Assert.That((await SendAsync(HttpMethod.Get, $"/api/v1/sites?key={key}", null, Shop)).Status, Is.EqualTo(401));
        var answer = await SendAsync(HttpMethod.Post, $"{Events}?key={key}&kye=1", """{"type":"page_view","path":"/a"}""", Shop);
        Assert.That((answer.Status, answer.Text.Contains(key, StringComparison.Ordinal)), Is.EqualTo((400, false)), answer.Text);
    }

    private Task<Answer> PreflightAsync(string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, Events);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        return SendAsync(request);
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? origin)
    {
        var request = new HttpRequestMessage(method, path) { Content = Content(body) };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            return await Answer.ReadAsync(await page.SendAsync(request));
        }
    }
}
