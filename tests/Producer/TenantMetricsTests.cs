using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Metrics name tenants, and are for those who run the service.</summary>
public sealed class TenantMetricsTests : RestTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    protected override HostedStandalone CreateApp() => new(
        services => services.Configure<QuotaOptions>(options => options.TenantTimers = 1), withKeys: true);

    [Test]
    public async Task Attempts_quotas_refusals_and_streams_are_counted_by_tenant()
    {
        var (http, _, _) = await App.CreateKeyAsync(
            Http, new { name = "a", tenant = "acme", scopes = new[] { "timers:write", "timers:read", "devices:read" } });
        using var acme = http;
        object Timer(string delay) => new { url = Target, delay, retry = new { attempts = 1 } };
        Assert.That((await SendAsync(acme, Timer("PT0S"))).Status, Is.EqualTo(201));
        await Eventually.That(async () => (await SendAsync(acme, Timer("PT1H"))).Status == 201, MaxWait, "the first has failed");
        (await SendAsync(acme, Timer("PT1H"))).AssertProblem(429);
        using var refused = await acme.PostAsync($"{Timers}/x/cancel", null);
        Assert.That((int)refused.StatusCode, Is.EqualTo(403));
        using var stream = await acme.GetAsync("/api/v1/devices/readings/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.That((int)stream.StatusCode, Is.EqualTo(200));
        var own = await CreateIdAsync(Timer("PT0S"));
        await StateBecomesAsync(own, "failed");

        await Eventually.That(
            async () =>
            {
                var lines = (await GetAsync("/metrics")).Text.Split('\n');
                return Counts(lines, "timers_attempts_total", "outcome=\"failed\"", "tenant=\"acme\"") == 1
                    && Counts(lines, "timers_attempts_total", "outcome=\"failed\"", "tenant=\"default\"") == 1
                    && Counts(lines, "timers_quotas_refused_total", "quota=\"timers\"", "tenant=\"acme\"") >= 1
                    && Counts(lines, "timers_gate_refused_total", "reason=\"scope\"", "tenant=\"acme\"") >= 1
                    && Counts(lines, "timers_live_streams", "feed=\"devices\"", "tenant=\"acme\"") == 1;
            },
            MaxWait, "all of it can be seen");
    }

    [Test]
    public async Task Another_tenants_key_does_not_open_them_whatever_its_scopes_are()
    {
        var (http, _, _) = await App.CreateKeyAsync(Http, new { name = "all", tenant = "acme", scopes = new[] { "admin" } });
        using var admin = http;
        using var metrics = await AskAsync(admin, "/metrics");
        Assert.That((int)metrics.StatusCode, Is.EqualTo(403));
        Assert.That(await metrics.Content.ReadAsStringAsync(), Does.Contain("tenant default"));
        using var ready = await AskAsync(admin, "/health/ready");
        Assert.That(await ready.Content.ReadAsStringAsync(), Does.Not.Contain("checks"));

        var made = await Answer.ReadAsync(await admin.PostAsync("/api/v1/keys", Content(new { name = "m", scopes = new[] { "metrics" } })));
        made.AssertWrong("scopes");
        (await PostAsync("/api/v1/keys", new { name = "m", tenant = "acme", scopes = new[] { "read", "metrics" } })).AssertWrong("scopes");
        Assert.That((await PostAsync("/api/v1/keys", new { name = "m", scopes = new[] { "metrics" } })).Status, Is.EqualTo(201));
    }

    private static double Counts(string[] lines, string name, params string[] labels) => lines
        .Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal)
            && Array.TrueForAll(labels, label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<Answer> SendAsync(HttpClient client, object timer) =>
        await Answer.ReadAsync(await client.PostAsync(Timers, Content(timer)));

    /// <summary>As from another machine.</summary>
    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        return await client.SendAsync(request);
    }
}
