using System.ComponentModel.DataAnnotations;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Where a caller comes from, and whether over TLS, is what trusted proxies say, and nobody else.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class TrustedProxiesTests(bool isTrusted) : RestTests
{
    /// <summary>What the key is bound to, and where the callers of these tests say that they are.</summary>
    private const string Network = "192.0.2.0/24";

    private HttpClient bound = null!;
    private string key = null!;

    protected override HostedStandalone CreateApp() => new(
        services => services
            .Configure<GateOptions>(options => options.Proxies = isTrusted ? "127.0.0.1, 10.1.0.0/16" : string.Empty)
            .Configure<TlsOptions>(options => options.Hsts = TimeSpan.FromDays(1)),
        withKeys: true);

    [OneTimeSetUp]
    public async Task MakeKey() => (bound, key, _) = await App.CreateKeyAsync(
        Http, new { name = "bound", scopes = new[] { "timers:write", "timers:control", "timers:read" }, addresses = new[] { Network } });

    [OneTimeTearDown]
    public void CloseClient() => bound.Dispose();

    [TestCase("192.0.2.7", true)]
    [TestCase("192.0.2.7, 10.1.0.4", true)]
    [TestCase("198.51.100.9, 192.0.2.7", true)]
    [TestCase("192.0.2.7:4711", true)]
    [TestCase("198.51.100.9", false)]
    [TestCase("192.0.2.7, 198.51.100.9", false)]
    [TestCase("192.0.2.7, 10.2.0.4", false)]
    [TestCase("nonsense", false)]
    [TestCase("", false)]
    public async Task The_address_is_the_last_one_that_no_trusted_proxy_has(string forwarded, bool isAllowed)
    {
        var status = (await AskAsync(("X-Forwarded-For", forwarded))).Status;

        Assert.That(status, Is.EqualTo(isTrusted && isAllowed ? 200 : 403));
    }

    [TestCase("X-Real-IP", "192.0.2.7")]
    [TestCase("Forwarded", "for=192.0.2.7")]
    [TestCase("X-Original-For", "192.0.2.7")]
    [TestCase("X-Client-IP", "192.0.2.7")]
    public async Task No_other_header_tells_of_it(string header, string value) =>
        Assert.That((await AskAsync((header, value))).Status, Is.EqualTo(403));

    [TestCase("192.0.2.7", "https", true)]
    [TestCase("192.0.2.7", "http", false)]
    [TestCase("192.0.2.7", null, false)]
    [TestCase("192.0.2.8, 192.0.2.7", "https, http", false)]
    [TestCase("192.0.2.7, 10.1.0.4", "https, http", true)]
    public async Task The_scheme_is_what_they_say(string forwarded, string? scheme, bool isSecure)
    {
        var answer = scheme is null ? await AskAsync(("X-Forwarded-For", forwarded))
            : await AskAsync(("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", scheme));

        Assert.That(answer.Status, Is.EqualTo(isTrusted ? 200 : 403));
        Assert.That(answer.Header("Strict-Transport-Security"), isTrusted && isSecure ? Is.EqualTo("max-age=86400") : Is.Null);
    }

    [Test]
    public async Task The_host_stays_the_one_that_was_asked_for()
    {
        var answer = await AskAsync(("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Host", "evil.example"));

        Assert.That(answer.Status, Is.EqualTo(isTrusted ? 200 : 403));
        (await AskAsync(("Host", "evil.example"), ("X-Forwarded-Host", "localhost"))).AssertProblem(421);
    }

    [Test]
    public async Task The_audit_has_the_callers_address()
    {
        var id = await CreateIdAsync();
        var paused = await SendAsync(HttpMethod.Post, $"{Timers}/{id}/pause", null, ("X-Forwarded-For", "198.51.100.9"));
        Assert.That(paused.Status, Is.EqualTo(200));

        var entry = (await GetAsync("/api/v1/audit?action=pauseTimer")).Json.GetProperty("items")[0];

        Assert.That(entry.GetProperty("address").GetString(), isTrusted ? Is.EqualTo("198.51.100.9") : Does.Contain("127.0.0.1"));
        Assert.That(entry.GetProperty("key").GetString(), Is.Not.EqualTo(key));
    }

    [Test]
    public async Task What_a_proxy_passes_on_is_not_of_this_machine()
    {
        using var anybody = App.CreateClient();
        var direct = await anybody.GetStringAsync("/health/ready");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        using var passed = await anybody.SendAsync(request);

        Assert.That(direct, Does.Contain("checks"));
        Assert.That(await passed.Content.ReadAsStringAsync(), Does.Not.Contain("checks"), "its details are for this machine alone");
    }

    [TestCase("", null)]
    [TestCase("127.0.0.1, fd00::7,10.0.0.0/8 , fd00::/8", null)]
    [TestCase("::ffff:10.0.0.7", null)]
    [TestCase("10.0.0.0/8/8", "10.0.0.0/8/8")]
    [TestCase("127.0.0.1,10.0.0.0/33", "10.0.0.0/33")]
    [TestCase("10.1", "10.1")]
    [TestCase("proxy.example", "proxy.example")]
    public void What_is_no_address_and_no_network_stops_the_start(string proxies, string? wrong)
    {
        var options = new GateOptions { Proxies = proxies };

        var found = options.Validate(new ValidationContext(options)).ToList();

        Assert.That(found.Select(each => each.ErrorMessage), wrong is null ? Is.Empty : Is.All.Contain($"'{wrong}'").And.Exactly(1).Items);
    }

    private async Task<Answer> AskAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Timers);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Answer.ReadAsync(await bound.SendAsync(request));
    }
}
