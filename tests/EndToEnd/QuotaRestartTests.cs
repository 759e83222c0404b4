using System.Net.Http.Json;
using System.Text.Json;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>What a tenant may take is not forgotten when the process is.</summary>
public sealed class QuotaRestartTests
{
    private const string Timers = "/api/v1/timers";
    private const int MaxTimers = 5;
    private const int MaxBytes = 60_000;
    private const int MaxDestinations = 3;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [TestCase(false)]
    [TestCase(true)]
    public async Task Tenants_at_their_limits_are_there_after_a_kill_and_lose_nothing(bool isMongo)
    {
        await using var standalone = await StandaloneProcess.StartNewAsync(
        [
            $"--Keys:First={HostedKeys.First.Text}", $"--Quotas:TenantTimers={MaxTimers}", $"--Quotas:TenantBytes={MaxBytes}",
            $"--Quotas:TenantDestinations={MaxDestinations}", .. isMongo ? Cluster() : [],
        ]);
        standalone.Http.DefaultRequestHeaders.Add("X-Api-Key", HostedKeys.First.Text);
        var (timers, bytes, places) = (
            await KeyAsync(standalone, "timers"), await KeyAsync(standalone, "bytes"), await KeyAsync(standalone, "places"));
        for (var i = 0; i < MaxTimers; i++)
        {
            await AssertCreatedAsync(standalone, timers, new { id = $"t-{i}", url = UrlOf(0), delay = "PT1H" });
        }

        for (var i = 0; i < 2; i++)
        {
            await AssertCreatedAsync(standalone, bytes, Large($"b-{i}"));
        }

        for (var i = 0; i < MaxDestinations; i++)
        {
            await AssertCreatedAsync(standalone, places, new { id = $"p-{i}", url = UrlOf(i), delay = "PT1H" });
        }

        foreach (var (key, count) in new[] { (timers, MaxTimers), (bytes, 2), (places, MaxDestinations) })
        {
            await Eventually.That(async () => await CountAsync(standalone, key) == count, MaxWait, "they are stored");
        }

        await standalone.KillAsync();
        await standalone.StartAsync();

        // Bytes are measured beside requests, and a store that does not answer yet is counted later. What asks here is refused in any
        // case, for its id or for lack of room, and takes none.
        foreach (var (key, probe) in new (string, object)[]
        {
            (timers, new { id = "t-0", url = UrlOf(0), delay = "PT1H", method = "PUT" }), (bytes, Large("b-0", "PUT")),
            (places, new { id = "p-0", url = UrlOf(MaxDestinations + 1), delay = "PT1H", method = "PUT" }),
        })
        {
            await Eventually.That(
                async () => (int)(await SendAsync(standalone, key, $"{Timers}/batch", new[] { probe })).StatusCode == 429,
                MaxWait, "what was before is known");
        }

        await AssertRefusedAsync(standalone, timers, new { id = "t-new", url = UrlOf(0), delay = "PT1H" }, "timers");
        await AssertRefusedAsync(standalone, places, new { id = "p-new", url = UrlOf(MaxDestinations), delay = "PT1H" }, "destinations");
        await AssertRefusedAsync(standalone, bytes, Large("b-new"), "bytes");

        await AssertCreatedAsync(standalone, places, new { id = "p-same", url = UrlOf(1), delay = "PT1H" });
        foreach (var (key, count) in new[] { (timers, MaxTimers), (bytes, 2), (places, MaxDestinations + 1) })
        {
            await Eventually.That(async () => await CountAsync(standalone, key) == count, MaxWait, "all are there, and none is more");
        }
    }

    private static string[] Cluster() =>
    [
        $"--ConnectionStrings:Kafka={Engine.Address("kafka")}", $"--Kafka:TopicPrefix={KafkaHost.NewPrefix()}", "--Kafka:Partitions=4",
        $"--ConnectionStrings:MongoDb={MongoDatabase.In(Engine.Address("mongo"), $"quotas_{Environment.ProcessId}")}",
    ];

    private static string UrlOf(int place) => $"http://127.0.0.1:{place + 2}/hook";

    /// <summary>Two of them leave no room for a third.</summary>
    private static object Large(string id, string method = "POST") =>
        new { id, url = UrlOf(0), delay = "PT1H", method, body = new string('x', MaxBytes * 2 / 5) };

    private static async Task<string> KeyAsync(StandaloneProcess standalone, string tenant)
    {
        using var answer = await standalone.Http.PostAsJsonAsync(
            "/api/v1/keys", new { name = tenant, tenant, scopes = new[] { "timers:read", "timers:write", "timers:control" } });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task AssertCreatedAsync(StandaloneProcess standalone, string key, object timer)
    {
        // Repeating it is safe: it has an id. What a log refused that cannot be reached yet takes room until the store is counted again.
        var told = string.Empty;
        await Eventually.That(
            async () =>
            {
                using var answer = await SendAsync(standalone, key, Timers, timer);
                told = await answer.Content.ReadAsStringAsync();
                return (int)answer.StatusCode is 201 or 202;
            },
            MaxWait,
            () => $"it is created: {told}");
    }

    private static async Task AssertRefusedAsync(StandaloneProcess standalone, string key, object timer, string quota)
    {
        using var answer = await SendAsync(standalone, key, Timers, timer);
        Assert.That((int)answer.StatusCode, Is.EqualTo(429), await answer.Content.ReadAsStringAsync());
        Assert.That(answer.Headers.GetValues("RateLimit-Policy").Single(), Does.StartWith($"\"{quota}\";"));
    }

    private static async Task<HttpResponseMessage> SendAsync(StandaloneProcess standalone, string key, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Authorization", $"Bearer {key}");

        // The client's own key would be taken first.
        using var http = new HttpClient { BaseAddress = standalone.Http.BaseAddress };
        return await http.SendAsync(request);
    }

    private static async Task<int> CountAsync(StandaloneProcess standalone, string key)
    {
        using var http = new HttpClient { BaseAddress = standalone.Http.BaseAddress };
        http.DefaultRequestHeaders.Add("X-Api-Key", key);
        return (await http.GetFromJsonAsync<JsonElement>(Timers)).GetProperty("items").GetArrayLength();
    }
}
