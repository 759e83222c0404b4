using System.Net.Http.Json;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What creates take of their tenant's quotas that the log did not take.</summary>
public sealed class RefusedCreatesTests : RestTests
{
    private readonly BrokenEngines broken = new();

    protected override HostedStandalone CreateApp() => new(
        services => services.AddSingleton<ITimerStore>(broken).AddSingleton<IEventPublisher<TimerScheduled>>(broken)
            .Configure<QuotaOptions>(options => (options.TenantTimers, options.TenantBytes) = (3, 1_000)),
        withKeys: true);

    [TestCase(Timers, false)]
    [TestCase($"{Timers}/batch", true)]
    [TestCase("/api/v1/timer", false)]
    public async Task What_was_refused_for_certain_takes_nothing_and_what_may_have_happened_counts(string path, bool isBatch)
    {
        using var client = await ClientAsync($"refused-{path.Length}");
        var seed = new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target };
        object body = path.EndsWith("timer", StringComparison.Ordinal) ? seed
            : isBatch ? new[] { new { url = Target, delay = "PT1H" } } : new { url = Target, delay = "PT1H" };
        var unavailable = path.EndsWith("timer", StringComparison.Ordinal) ? 500 : 503;

        broken.Outcome = WriteOutcome.Refused;
        for (var i = 0; i < 10; i++)
        {
            Assert.That(await SendAsync(), Is.EqualTo(unavailable), $"create {i} finds room");
        }

        broken.Outcome = WriteOutcome.Unknown;
        var unknown = new[] { await SendAsync(), await SendAsync(), await SendAsync(), await SendAsync() };
        Assert.That(unknown, Is.EqualTo(new[] { unavailable, unavailable, unavailable, 429 }));

        async Task<int> SendAsync()
        {
            using var answer = await client.PostAsJsonAsync(path, body);
            return (int)answer.StatusCode;
        }
    }

    private async Task<HttpClient> ClientAsync(string tenant) =>
        (await App.CreateKeyAsync(Http, new { name = "c", scopes = new[] { "write" }, tenant })).Http;
}
