using System.Text;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What a web page could make its reader's browser send, to every route that the program has.</summary>
public sealed class GateRoutesTests : RestTests
{
    private const string Evil = "http://evil.example:3000";
    private IReadOnlyList<Route> routes = null!;

    private IEnumerable<Route> UnsafeRoutes => routes.Where(route => route.IsUnsafe);

    [OneTimeSetUp]
    public void ReadRoutes()
    {
        routes = Route.All(App.Services);
        Assert.That(routes.Count(route => route.IsUnsafe), Is.GreaterThan(25), "they are found");
        Assert.That(routes.Select(route => route.Path), Is.SupersetOf(new[] { "/metrics", "/health/ready", "/openapi/v1.json", "/event" }));
    }

    [TestCase("evil.example")]
    [TestCase("evil.example:3000")]
    [TestCase("localhost.evil.example")]
    [TestCase("10.0.0.1")]
    public async Task Another_host_is_refused_on_every_route_and_page(string host)
    {
        foreach (var (method, path) in routes.Select(route => (route.Method, route.Path)).Append(("GET", "/docs")).Append(("GET", "/none")))
        {
            Assert.That((await AskAsync(method, path, null, null, ("Host", host))).Status, Is.EqualTo(421), $"{method} {path}");
        }
    }

    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    [TestCase("Origin", Evil)]
    [TestCase("Origin", "null")]
    [TestCase("Origin", "file://")]
    public async Task An_unsafe_request_of_another_origin_is_refused_on_every_route(string header, string value)
    {
        foreach (var route in UnsafeRoutes)
        {
            var answer = await AskAsync(route.Method, route.Path, "{}", "application/json", (header, value));
            Assert.That(answer.Status, Is.EqualTo(403), $"{route}: {answer.Text}");
        }
    }

    [TestCase(null)]
    [TestCase("text/plain")]
    [TestCase("text/plain;charset=UTF-8")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data; boundary=x")]
    public async Task A_body_without_a_JSON_type_is_refused_on_every_route(string? type)
    {
        foreach (var route in UnsafeRoutes)
        {
            var answer = await AskAsync(route.Method, route.Path, "{}", type);
            Assert.That(answer.Status, Is.EqualTo(415), $"{route}: {answer.Text}");
        }
    }

    [TestCase("application/json")]
    [TestCase("application/merge-patch+json")]
    [TestCase("application/x-ndjson")]
    [TestCase("application/cloudevents+json")]
    [TestCase("application/cloudevents-batch+json")]
    public async Task A_JSON_type_passes_the_gate_on_every_route(string type)
    {
        foreach (var route in UnsafeRoutes)
        {
            var answer = await AskAsync(route.Method, route.Path, "{}", type);
            Assert.That(answer.Text, Does.Not.Contain("another JSON type that the route takes"), $"{route}");
            Assert.That(answer.Status, Is.Not.EqualTo(403).And.Not.EqualTo(421), $"{route}: {answer.Text}");
        }
    }

    [TestCase("Origin", Evil)]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    public async Task A_WebSocket_handshake_of_another_origin_is_refused_on_every_route(string header, string value)
    {
        foreach (var route in routes.Where(route => route.Method == "GET"))
        {
            var answer = await AskAsync(
                "GET", route.Path, null, null, (header, value), ("Connection", "Upgrade"), ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
            Assert.That(answer.Status, Is.EqualTo(403), $"{route}: {answer.Text}");
        }
    }

    [Test]
    public async Task No_page_of_another_origin_may_read_an_answer_or_is_told_in_advance_that_it_may_ask()
    {
        foreach (var route in routes)
        {
            foreach (var method in new[] { route.Method, "OPTIONS" })
            {
                using var request = Request(
                    method, route.Path, null, null, ("Origin", Evil), ("Access-Control-Request-Method", route.Method),
                    ("Access-Control-Request-Headers", "content-type"));

                // Its headers are enough: some answers never end.
                using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.That(
                    answer.Headers.Select(header => header.Key),
                    Has.None.StartsWith("Access-Control").IgnoreCase, $"{method} {route.Path}");
            }
        }
    }

    private async Task<Answer> AskAsync(
        string method, string path, string? body, string? type, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, body, type, headers);
        return await Answer.ReadAsync(await Http.SendAsync(request));
    }

    private static HttpRequestMessage Request(
        string method, string path, string? body, string? type, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
