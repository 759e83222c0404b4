using Contracts.Access;
using Infrastructure.Access;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What callers are answered while the store of keys cannot be reached.</summary>
public sealed class KeyOutageTests
{
    private const string Timers = "/api/v1/timers";
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly object Timer = new { url = "http://127.0.0.1:2/hook", delay = "PT1H" };

    [Test]
    public async Task Creates_go_on_and_a_key_that_is_revoked_meanwhile_ends_with_the_outage()
    {
        var store = new SwitchedKeyStore();
        await using var app = new HostedStandalone(services => services.AddSingleton<IKeyStore>(store), withKeys: true);
        using var http = app.CreateOperator();
        Assert.That(await StatusAsync(http), Is.EqualTo(201));

        store.IsDown = true;
        store.Revoke(HostedKeys.First.Id, TimeProvider.System.GetUtcNow());
        Assert.That(await StatusAsync(http), Is.EqualTo(201), "nobody can know of it");
        using var nobody = app.CreateClient();
        Assert.That(await StatusAsync(nobody), Is.EqualTo(401));

        store.IsDown = false;
        await Eventually.That(async () => await StatusAsync(http) == 401, MaxWait, "it is known");
    }

    [Test]
    public async Task After_the_allowance_all_keys_are_refused_until_the_store_answers()
    {
        var store = new SwitchedKeyStore();
        await using var app = new HostedStandalone(
            services => services.AddSingleton<IKeyStore>(store).Configure<KeyOptions>(options => options.OutageAllowance = TimeSpan.Zero),
            withKeys: true);
        using var http = app.CreateOperator();
        Assert.That(await StatusAsync(http), Is.EqualTo(201));

        store.IsDown = true;
        await Eventually.That(async () => await StatusAsync(http) == 503, MaxWait, "it cannot be judged");
        using var refused = await http.PostAsync(Timers, RestContent());
        Assert.That(refused.Headers.GetValues("Retry-After"), Is.EqualTo(new[] { "1" }));
        (await Answer.ReadAsync(refused)).AssertProblem(503);

        store.IsDown = false;
        await Eventually.That(async () => await StatusAsync(http) == 201, MaxWait, "it answers");
    }

    [Test]
    public async Task A_store_that_was_never_reached_lets_nobody_in_whether_there_are_keys_or_not()
    {
        var store = new SwitchedKeyStore { IsDown = true };
        await using var app = new HostedStandalone(services => services.AddSingleton<IKeyStore>(store));
        using var nobody = app.CreateClient();
        using var somebody = app.CreateClient();
        somebody.DefaultRequestHeaders.Add("X-Api-Key", KeyText.Create().Text);

        Assert.That((await StatusAsync(nobody), await StatusAsync(somebody)), Is.EqualTo((401, 503)));
        using var alive = await nobody.GetAsync("/health/live");
        Assert.That((int)alive.StatusCode, Is.EqualTo(200));

        store.IsDown = false;
        await Eventually.That(async () => await StatusAsync(nobody) == 201, MaxWait, "there is no key");
    }

    private static async Task<int> StatusAsync(HttpClient http)
    {
        using var answer = await http.PostAsync(Timers, RestContent());
        return (int)answer.StatusCode;
    }

    private static System.Net.Http.Json.JsonContent RestContent() => System.Net.Http.Json.JsonContent.Create(Timer);
}
