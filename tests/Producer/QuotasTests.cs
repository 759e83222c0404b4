using System.Diagnostics;
using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>How much a key and a tenant may use.</summary>
[NonParallelizable]
public sealed class QuotasTests : RestTests
{
    private const int PerKey = 20;
    private const int PerTenant = 30;

    protected override HostedStandalone CreateApp() => new(
        services => services.Configure<QuotaOptions>(options =>
            (options.KeyRequests, options.TenantRequests, options.TenantStreams) = (PerKey, PerTenant, 2)),
        withKeys: true);

    [Test]
    public async Task A_key_beyond_its_quota_is_refused_and_told_when_to_come_again()
    {
        using var client = await ClientAsync("a");
        var answers = await FloodAsync(client, 100);

        Assert.That(answers.Count(answer => answer.Status == 200), Is.GreaterThanOrEqualTo(PerKey));
        var refused = answers.First(answer => answer.Status == 429);
        refused.AssertProblem(429);
        Assert.That(refused.Header("Retry-After"), Does.Match("^[1-9][0-9]*$"));
        Assert.That(refused.Header("RateLimit-Policy"), Is.EqualTo("\"key\";q=20;w=1, \"tenant\";q=30;w=1"));
        Assert.That(refused.Header("RateLimit"), Does.Match("^\"key\";r=[0-9]+;t=[0-9]+, \"tenant\";r=[0-9]+;t=[0-9]+$"));
        await Eventually.That(
            async () => (int)(await client.GetAsync(Timers)).StatusCode == 200, TimeSpan.FromSeconds(10), "it may come again");
    }

    [Test]
    public async Task The_keys_of_a_tenant_share_its_quota()
    {
        using var one = await ClientAsync("b");
        using var two = await ClientAsync("b");
        var watch = Stopwatch.StartNew();

        var passed = (await Task.WhenAll(FloodAsync(one, 60), FloodAsync(two, 60))).SelectMany(each => each)
            .Count(answer => answer.Status == 200);

        // What a second holds, and what has come in meanwhile.
        Assert.That(passed, Is.LessThanOrEqualTo(PerTenant + (int)((watch.Elapsed.TotalSeconds + 0.2) * PerTenant)));
    }

    [Test]
    public async Task A_tenant_at_its_limit_takes_nothing_from_another()
    {
        using var loud = await ClientAsync("loud");
        using var quiet = await ClientAsync("quiet");
        using var over = new CancellationTokenSource();
        var atLimit = new TaskCompletionSource();
        var flood = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                if ((await FloodAsync(loud, 100)).Any(answer => answer.Status == 429))
                {
                    atLimit.TrySetResult();
                }
            }
        });
        await atLimit.Task.WaitAsync(TimeSpan.FromSeconds(30));

        for (var i = 0; i < 10; i++)
        {
            Assert.That((int)(await quiet.GetAsync(Timers)).StatusCode, Is.EqualTo(200));
        }

        await over.CancelAsync();
        await flood;
    }

    [Test]
    public async Task Streams_are_counted_by_tenant_while_they_are_open()
    {
        const string Stream = "/api/v1/devices/readings/stream";
        using var client = await ClientAsync("streams");
        using var first = await client.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
        var second = await client.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
        using var third = await client.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(((int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode), Is.EqualTo((200, 200, 429)));

        second.Dispose();

        await Eventually.That(
            async () =>
            {
                using var again = await client.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
                return (int)again.StatusCode == 200;
            },
            TimeSpan.FromSeconds(30), "there is room again");
    }

    [Test]
    public async Task Seeds_are_refused_in_their_own_shape()
    {
        using var client = await ClientAsync("seed");
        var answers = await FloodAsync(client, 100, "/userEvents/u");

        Assert.That(answers.First(answer => answer.Status == 429).Text, Does.StartWith("{\"error\":"));
    }

    private async Task<HttpClient> ClientAsync(string tenant)
    {
        // The administrator has a quota, too.
        await Eventually.That(async () => (await GetAsync(Timers)).Status == 200, TimeSpan.FromSeconds(10), "a key can be made");
        return (await App.CreateKeyAsync(Http, new { name = "a", scopes = new[] { "read" }, tenant })).Http;
    }

    private static async Task<IReadOnlyList<Answer>> FloodAsync(HttpClient client, int count, string path = Timers) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ => await Answer.ReadAsync(await client.GetAsync(path))));
}
