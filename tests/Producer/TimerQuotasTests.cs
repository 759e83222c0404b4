using System.Text.Json;
using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>How much a tenant's timers may take.</summary>
public sealed class TimerQuotasTests : RestTests
{
    private const int MaxTimers = 10;
    private const int MaxBytes = 100_000;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    protected override HostedStandalone CreateApp() => new(
        services => services.Configure<QuotaOptions>(options =>
            (options.TenantTimers, options.TenantBytes, options.TenantDestinations) = (MaxTimers, MaxBytes, 3)),
        withKeys: true);

    [Test]
    public async Task A_tenant_has_as_many_waiting_timers_as_it_may_and_again_when_one_has_finished()
    {
        using var client = await ClientAsync("timers");
        var created = await Task.WhenAll(Enumerable.Range(0, 2 * MaxTimers).Select(i => CreateAsync(client, $"t-{i}")));

        Assert.That(created.Count(answer => answer.Status == 201), Is.EqualTo(MaxTimers));
        var refused = created.First(answer => answer.Status == 429);
        refused.AssertProblem(429);
        Assert.That(refused["detail"], Is.EqualTo("The tenant has 10 of at most 10 timers that have not finished."));
        Assert.That(refused.Header("Retry-After"), Is.EqualTo("10"));
        Assert.That((refused.Header("RateLimit-Policy"), refused.Header("RateLimit")), Is.EqualTo(
            ("\"timers\";q=10", "\"timers\";r=0;t=10")));

        var first = Array.FindIndex(created, answer => answer.Status == 201);
        var repeated = await CreateAsync(client, $"t-{first}");
        Assert.That((repeated.Status, repeated.Header("Idempotent-Replayed")), Is.EqualTo((201, "true")), "it takes nothing");
        Assert.That(repeated.Header("Retry-After"), Is.Null);

        using var other = await ClientAsync("timers-2");
        Assert.That((await CreateAsync(other, "t")).Status, Is.EqualTo(201), "another tenant's are its own");

        using var cancelled = await client.PostAsync($"{Timers}/t-{first}/cancel", null);
        Assert.That((int)cancelled.StatusCode, Is.EqualTo(200));
        await Eventually.That(async () => (await CreateAsync(client, "t-new")).Status == 201, MaxWait, "there is room again");
    }

    [Test]
    public async Task A_batch_is_taken_or_refused_as_a_whole()
    {
        using var client = await ClientAsync("batch");
        Task<Answer> SendAsync(int count) => AnswerAsync(client, $"{Timers}/batch", Enumerable.Range(0, count)
            .Select(_ => new { url = Target, delay = "PT1H" }));

        Assert.That((await SendAsync(MaxTimers - 1)).Status, Is.EqualTo(201));
        (await SendAsync(2)).AssertProblem(429);
        Assert.That((await SendAsync(1)).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task At_the_limit_a_batch_and_a_replacement_are_refused_as_a_whole_and_change_nothing()
    {
        using var client = await ClientAsync("whole");
        for (var i = 0; i < MaxTimers; i++)
        {
            Assert.That((await CreateAsync(client, $"w-{i}")).Status, Is.EqualTo(201));
        }

        var before = await ListAsync();
        object Replacing(string id) => new { id, url = $"{Target}/new", delay = "PT2H", onConflict = "replace" };
        object[] some =
        [
            new { id = "w-0", url = Target, dueAt = "2030-01-31T08:00:00Z" }, Replacing("w-1"),
            new { id = "w-new", url = Target, delay = "PT1H" },
        ];
        var batch = await AnswerAsync(client, $"{Timers}/batch", some);
        var single = await AnswerAsync(client, Timers, Replacing("w-2"));

        batch.AssertProblem(429);
        single.AssertProblem(429);
        Assert.That(batch.Header("RateLimit-Policy"), Is.EqualTo("\"timers\";q=10"));
        Assert.That(await ListAsync(), Is.EqualTo(before));
        using var missing = await client.GetAsync($"{Timers}/w-new");
        Assert.That((int)missing.StatusCode, Is.EqualTo(404));

        using var cancelled = await client.PostAsync($"{Timers}/w-3/cancel", null);
        await Eventually.That(
            async () => (await AnswerAsync(client, Timers, Replacing("w-2"))).Status == 200, MaxWait, "there is room to replace it");
        Assert.That(await client.GetStringAsync($"{Timers}/w-2"), Does.Contain("/new"));

        // All but how long they have still to wait.
        async Task<List<string>> ListAsync() =>
        [
            .. JsonDocument.Parse(await client.GetStringAsync(Timers)).RootElement.GetProperty("items").EnumerateArray()
                .Select(item => string.Join(' ', item.EnumerateObject().Where(member => member.Name != "timeLeft"))),
        ];
    }

    [Test]
    public async Task Bytes_count_whatever_the_timers_state_is()
    {
        using var client = await ClientAsync("bytes");
        Task<Answer> SendAsync(string id) => AnswerAsync(
            client, Timers, new { id, url = Target, delay = "PT1H", body = new string('x', MaxBytes / 3) });
        Assert.That((await SendAsync("b-1")).Status, Is.EqualTo(201));
        Assert.That((await SendAsync("b-2")).Status, Is.EqualTo(201));

        using var cancelled = await client.PostAsync($"{Timers}/b-1/cancel", null);
        var refused = await SendAsync("b-3");

        refused.AssertProblem(429);
        Assert.That(refused.Header("RateLimit-Policy"), Is.EqualTo($"\"bytes\";q={MaxBytes}"));
    }

    [Test]
    public async Task Destinations_are_counted_by_scheme_host_and_port()
    {
        using var client = await ClientAsync("places");
        Task<Answer> SendAsync(string url) => AnswerAsync(client, Timers, new { url, delay = "PT1H" });
        foreach (var url in new[] { "http://127.0.0.1:2/a", "http://127.0.0.1:2/b", "http://127.0.0.1:3", "http://LOCALHOST:3" })
        {
            Assert.That((await SendAsync(url)).Status, Is.EqualTo(201), url);
        }

        var refused = await SendAsync("http://127.0.0.1:4");

        refused.AssertProblem(429);
        Assert.That(refused.Header("RateLimit-Policy"), Is.EqualTo("\"destinations\";q=3"));
        Assert.That((await SendAsync("http://localhost:3/other")).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task The_first_services_route_refuses_in_its_own_shape()
    {
        using var client = await ClientAsync("seed");
        var answers = new List<Answer>();
        for (var i = 0; i <= MaxTimers; i++)
        {
            answers.Add(await AnswerAsync(client, "/api/v1/timer", new { hours = 1, minutes = 0, seconds = 0, webhookUrl = Target }));
        }

        Assert.That(answers.Select(answer => answer.Status), Is.EqualTo(Enumerable.Repeat(201, MaxTimers).Append(429)));
        Assert.That(answers[^1]["message"], Does.Contain("at most 10"));
    }

    [Test]
    public async Task Repetitions_and_what_is_refused_take_nothing()
    {
        using var client = await ClientAsync("repeated");
        for (var i = 0; i < MaxTimers; i++)
        {
            Assert.That((await CreateAsync(client, "t-same")).Status, Is.EqualTo(201));
            Assert.That((await AnswerAsync(client, Timers, new { id = "t-same", url = Target, delay = "PT1H" })).Status, Is.EqualTo(409));
        }

        for (var i = 1; i < MaxTimers; i++)
        {
            Assert.That((await CreateAsync(client, $"t-{i}")).Status, Is.EqualTo(201), "one is there, and room for all others");
        }

        (await CreateAsync(client, "t-more")).AssertProblem(429);
    }

    private async Task<HttpClient> ClientAsync(string tenant) => (await App.CreateKeyAsync(
        Http, new { name = "a", scopes = new[] { "write", "control", "read" }, tenant })).Http;

    private static Task<Answer> CreateAsync(HttpClient client, string id) =>
        AnswerAsync(client, Timers, new { id, url = Target, dueAt = "2030-01-31T08:00:00Z" });

    private static async Task<Answer> AnswerAsync(HttpClient client, string path, object body) =>
        await Answer.ReadAsync(await client.PostAsync(path, Content(body)));
}
