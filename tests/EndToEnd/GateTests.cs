using System.Net.Sockets;
using System.Text;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>What a web page could make its reader's browser send, against the program itself.</summary>
public sealed class GateTests
{
    private const string Timer = """{"url":"http://127.0.0.1:2/","delay":"PT1H"}""";
    private StandaloneProcess standalone = null!;

    [OneTimeSetUp]
    public async Task Start() => standalone = await StandaloneProcess.StartNewAsync("--Gate:Hosts=timers.example,*.inside.example");

    [OneTimeTearDown]
    public async Task Stop() => await standalone.DisposeAsync();

    [TestCase("localhost", 200)]
    [TestCase("LOCALHOST:1", 200)]
    [TestCase("a.localhost", 200)]
    [TestCase("127.0.0.1:3000", 200)]
    [TestCase("[::1]:3000", 200)]
    [TestCase("timers.example", 200)]
    [TestCase("Timers.Example:443", 200)]
    [TestCase("a.b.inside.example", 200)]
    [TestCase("inside.example", 421)]
    [TestCase("notinside.example", 421)]
    [TestCase("evil.example:3000", 421)]
    [TestCase("localhost.evil.example", 421)]
    [TestCase("127.0.0.1.evil.example", 421)]
    [TestCase("10.0.0.1", 421)]
    public async Task Only_loopback_names_and_those_listed_are_answered_for_on_reads_too(string host, int status)
    {
        foreach (var route in new[] { "/health", "/health/ready", "/metrics", "/api/v1/timers", "/docs", "/stats?site_id=a" })
        {
            var answer = await SendAsync("GET", route, $"Host: {host}\r\n");
            Assert.That(answer.StartsWith("HTTP/1.1 421", StringComparison.Ordinal), Is.EqualTo(status == 421), $"{route}: {answer}");
        }
    }

    [Test]
    public async Task A_request_without_a_host_is_refused()
    {
        Assert.That(await SendAsync("GET", "/health", string.Empty, version: "1.0"), Does.StartWith("HTTP/1.1 421"));
        Assert.That(await SendAsync("GET", "/health", "Host:\r\n"), Does.StartWith("HTTP/1.1 4"));
    }

    [TestCase("Sec-Fetch-Site: cross-site", 403)]
    [TestCase("Sec-Fetch-Site: same-site", 403)]
    [TestCase("Sec-Fetch-Site: same-origin", 201)]
    [TestCase("Sec-Fetch-Site: none", 201)]
    [TestCase("Origin: null", 403)]
    [TestCase("Origin: http://evil.example", 403)]
    [TestCase("Origin: http://localhost:1", 403)]
    [TestCase("Origin: file://localhost", 403)]
    [TestCase("Origin: http://localhost", 201)]
    [TestCase("Origin: http://localhost\r\nOrigin: http://evil.example", 403)]
    [TestCase("X-Nothing: at-all", 201)]
    public async Task A_page_of_another_origin_changes_nothing(string header, int status)
    {
        var answer = await SendAsync("POST", "/api/v1/timers", $"Host: localhost\r\n{header}\r\nContent-Type: application/json\r\n", Timer);

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}"), answer);
    }

    [TestCase("GET", "/api/v1/timers", 200)]
    [TestCase("DELETE", "/api/v1/timers/nothing", 403)]
    [TestCase("POST", "/api/v1/timers/nothing/fire", 403)]
    [TestCase("PATCH", "/api/v1/timers/nothing", 403)]
    [TestCase("PUT", "/api/v1/devices/nothing", 403)]
    public async Task Every_unsafe_method_is_guarded_and_reads_are_left_to_the_browser(string method, string route, int status)
    {
        var answer = await SendAsync(method, route, "Host: localhost\r\nOrigin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\n");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}"), answer);
    }

    [Test]
    public async Task A_WebSocket_of_another_origin_is_refused()
    {
        var answer = await SendAsync(
            "GET", "/api/v1/timers",
            "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://evil.example\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 403"));
    }

    [TestCase("Content-Type: application/json", 201)]
    [TestCase("Content-Type: application/json; charset=utf-8", 201)]
    [TestCase("Content-Type: application/problem+json", 201)]
    [TestCase("X-Nothing: at-all", 415)]
    [TestCase("Content-Type: text/plain", 415)]
    [TestCase("Content-Type: text/plain;charset=UTF-8", 415)]
    [TestCase("Content-Type: application/x-www-form-urlencoded", 415)]
    [TestCase("Content-Type: multipart/form-data; boundary=x", 415)]
    [TestCase("Content-Type: text/plain; application/json", 415)]
    public async Task A_body_needs_a_JSON_type(string header, int status)
    {
        var answer = await SendAsync("POST", "/api/v1/timers", $"Host: localhost\r\n{header}\r\n", Timer);

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}"), answer);
    }

    [Test]
    public async Task A_form_without_fields_fires_nothing()
    {
        const string Form = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";

        Assert.That(await SendAsync("POST", "/api/v1/timers/nothing/fire", Form), Does.StartWith("HTTP/1.1 415"));
    }

    [Test]
    public async Task The_seeds_routes_refuse_in_their_own_shape()
    {
        var answer = await SendAsync("POST", "/api/v1/timer", "Host: localhost\r\nOrigin: http://evil.example\r\n", "{}");

        Assert.That(answer, Does.StartWith("HTTP/1.1 403").And.Contains("\"code\":403").And.Not.Contains("problem+json"));
    }

    private async Task<string> SendAsync(string method, string route, string headers, string body = "", string version = "1.1")
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", standalone.Http.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {route} HTTP/{version}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
