using Contracts.Common;
using Contracts.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Producer.Http;
using Tests.Support;

namespace Tests.Producer;

/// <summary>Two tenants beside the default one, over REST: none sees or reaches what is another's.</summary>
public sealed class TenantsTests : RestTests
{
    private const string Letters = "/api/v1/dead-letters";

    private static readonly string[] Tenants = [Tenant.Default, "acme", "other"];

    protected override HostedStandalone CreateApp() => new(services => services.AddSingleton<IRequestTenant, HeaderTenant>());

    [TestCase("order-17")]
    [TestCase("0190163D-8694-739B-AEA5-966C26F8AD91")]
    public async Task The_same_own_id_is_a_timer_of_each(string id)
    {
        for (var hour = 1; hour <= Tenants.Length; hour++)
        {
            var created = await AsAsync(Tenants[hour - 1], HttpMethod.Post, Timers, Request(hour, id));
            var again = await AsAsync(Tenants[hour - 1], HttpMethod.Post, Timers, Request(hour, id));
            Assert.That((created.Status, created["id"], again.Status), Is.EqualTo((201, id.ToLowerInvariant(), 201)), created.Text);
            Assert.That(again.Headers.Contains("Idempotent-Replayed"), Is.True);
            (await AsAsync(Tenants[hour - 1], HttpMethod.Post, Timers, Request(hour + 10, id))).AssertProblem(409);
        }

        for (var hour = 1; hour <= Tenants.Length; hour++)
        {
            var read = await AsAsync(Tenants[hour - 1], HttpMethod.Get, $"{Timers}/{id}");
            Assert.That((read.Status, read["url"]), Is.EqualTo((200, $"{Target}/{hour}")), read.Text);
        }
    }

    [Test]
    public async Task The_same_idempotency_key_is_a_timer_of_each_and_its_id_leads_to_it()
    {
        var ids = new List<string>();
        foreach (var tenant in Tenants)
        {
            var first = await AsAsync(tenant, HttpMethod.Post, Timers, Request(1), ("Idempotency-Key", "one"));
            var again = await AsAsync(tenant, HttpMethod.Post, Timers, Request(1), ("Idempotency-Key", "one"));
            Assert.That((first.Status, again["id"]), Is.EqualTo((201, first["id"])), first.Text);
            Assert.That(first.Headers.Contains("Idempotent-Replayed"), Is.False);
            Assert.That((await AsAsync(tenant, HttpMethod.Get, $"{Timers}/{first["id"]}")).Status, Is.EqualTo(200));
            ids.Add(first["id"]);
        }

        Assert.That(ids, Is.Unique);
    }

    [Test]
    public async Task A_timer_is_unknown_to_others_whatever_is_asked_of_it(
        [Values(Tenant.Default, "acme")] string owner,
        [Values] bool hasOwnId)
    {
        var created = await AsAsync(owner, HttpMethod.Post, Timers, Request(1, hasOwnId ? $"of-{owner}" : null));
        var tracking = created.Headers.GetValues("X-Tracking-Id").Single();
        var timer = $"{Timers}/{created["id"]}";

        foreach (var tenant in Tenants)
        {
            var expected = tenant == owner ? 200 : 404;
            foreach (var path in new[] { timer, $"{timer}/attempts", $"/api/v1/timer/{created["id"]}", $"/api/v1/events/{tracking}" })
            {
                Assert.That((await AsAsync(tenant, HttpMethod.Get, path)).Status, Is.EqualTo(expected), $"{tenant} asks for {path}");
            }

            if (tenant != owner)
            {
                (await AsAsync(tenant, HttpMethod.Patch, timer, new { delay = "PT2H" })).AssertProblem(404);
                (await AsAsync(tenant, HttpMethod.Delete, timer)).AssertProblem(404);
                foreach (var command in new[] { "cancel", "pause", "resume", "fire", "replay" })
                {
                    (await AsAsync(tenant, HttpMethod.Post, $"{timer}/{command}")).AssertProblem(404);
                }
            }
        }

        var cancelled = await AsAsync(owner, HttpMethod.Delete, timer);
        Assert.That((cancelled.Status, cancelled["state"]), Is.EqualTo((200, "cancelled")));

        // Now a copy of it is in the cache.
        await AsAsync(owner, HttpMethod.Get, timer);
        foreach (var tenant in Tenants)
        {
            Assert.That((await AsAsync(tenant, HttpMethod.Get, timer)).Status, Is.EqualTo(tenant == owner ? 200 : 404));
        }
    }

    [Test]
    public async Task Calendars_are_a_tenants_own_and_schedules_name_their_own()
    {
        const string Path = "/api/v1/calendars/shared";
        foreach (var (tenant, day) in new[] { ("acme", "SAT"), ("other", "SUN") })
        {
            Assert.That((await AsAsync(tenant, HttpMethod.Put, Path, new { exclude = new[] { day } })).Status, Is.EqualTo(201));
        }

        var schedule = new { cron = "0 0 * * SAT", url = Target, calendars = new[] { new { name = "shared" } } };
        (await AsAsync(Tenant.Default, HttpMethod.Get, Path)).AssertProblem(404);
        (await AsAsync(Tenant.Default, HttpMethod.Delete, Path)).AssertProblem(404);
        (await AsAsync(Tenant.Default, HttpMethod.Put, "/api/v1/schedules/s", schedule)).AssertWrong("calendars[0].name");
        (await AsAsync("acme", HttpMethod.Put, "/api/v1/schedules/s", schedule)).AssertWrong("cron");
        Assert.That((await AsAsync("other", HttpMethod.Put, "/api/v1/schedules/s", schedule)).Status, Is.EqualTo(201));
        Assert.That((await AsAsync("acme", HttpMethod.Delete, Path)).Status, Is.EqualTo(204), "the other tenant's schedule names its own");
        (await AsAsync("other", HttpMethod.Delete, Path)).AssertProblem(409);
        Assert.That((await AsAsync("acme", HttpMethod.Get, "/api/v1/calendars")).Json.GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Listings_and_counts_are_a_tenants_own_and_a_cursor_of_anothers_is_refused()
    {
        foreach (var tenant in Tenants)
        {
            var batch = Enumerable.Range(1, 5).Select(_ => new { url = Target, delay = "PT1H", tags = new[] { tenant, "listed" } });
            Assert.That((await AsAsync(tenant, HttpMethod.Post, $"{Timers}/batch", batch)).Status, Is.EqualTo(201));
        }

        foreach (var tenant in Tenants)
        {
            var path = $"{Timers}?tag=listed&limit=3";
            var first = await AsAsync(tenant, HttpMethod.Get, path);
            var second = await AsAsync(tenant, HttpMethod.Get, $"{path}&cursor={first["next"]}");
            Assert.That(Tags(first).Concat(Tags(second)), Is.EqualTo(Enumerable.Repeat(tenant, 5)), second.Text);
            foreach (var another in Tenants.Where(each => each != tenant))
            {
                (await AsAsync(another, HttpMethod.Get, $"{path}&cursor={first["next"]}")).AssertWrong("cursor");
            }

            var listed = await AsAsync(tenant, HttpMethod.Get, $"{Timers}?limit=1000");
            Assert.That(
                (await AsAsync(tenant, HttpMethod.Get, $"{Timers}/stats"))["total"],
                Is.EqualTo($"{listed.Json.GetProperty("items").GetArrayLength()}"));
        }

        Assert.That((await AsAsync("nobody", HttpMethod.Get, $"{Timers}/stats"))["total"], Is.EqualTo("0"));

        static IEnumerable<string> Tags(Answer page) =>
            page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("tags")[0].GetString()!);
    }

    [Test]
    public async Task Replays_by_filter_find_a_tenants_own_timers()
    {
        foreach (var tenant in Tenants)
        {
            await AsAsync(
                tenant,
                HttpMethod.Post,
                Timers,
                new { url = Target, delay = "PT0S", id = "fails", tags = new[] { "failing" }, retry = new { attempts = 1 } });
        }

        foreach (var tenant in Tenants)
        {
            await Eventually.That(
                async () => (await AsAsync(tenant, HttpMethod.Get, $"{Timers}/fails"))["state"] == "failed",
                TimeSpan.FromSeconds(20),
                "nobody listens");
        }

        var replay = await AsAsync("acme", HttpMethod.Post, $"{Timers}/replay", new { tag = "failing" });

        Assert.That(replay["replayed"], Is.EqualTo("1"));
        Assert.That((await AsAsync("other", HttpMethod.Get, $"{Timers}/fails"))["state"], Is.EqualTo("failed"));
        Assert.That(
            (await AsAsync("acme", HttpMethod.Get, $"{Timers}/fails/attempts")).Json.GetProperty("items").GetArrayLength(),
            Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task Dead_letters_are_a_tenants_own_and_a_cursor_of_anothers_is_refused()
    {
        var store = App.Services.GetRequiredService<IDeadLetterStore>();
        var epoch = Guid.NewGuid();
        foreach (var (tenant, offset) in Tenants.SelectMany(tenant => Enumerable.Range(0, 3), (tenant, i) => (tenant, i)))
        {
            var position = new LogPosition(epoch, Array.IndexOf(Tenants, tenant), offset);
            await store.AddAsync(
                new DeadLetter
                {
                    Id = DeadLetter.IdOf("timers", position),
                    Tenant = tenant,
                    Topic = "timers",
                    Type = "timer.scheduled",
                    Key = "key",
                    Position = position,
                    Reason = "It does not compute.",
                    DiedAt = DateTimeOffset.UnixEpoch.AddSeconds(offset),
                    Content = "{}"u8.ToArray(),
                },
                default);
        }

        foreach (var tenant in Tenants)
        {
            var first = await AsAsync(tenant, HttpMethod.Get, $"{Letters}?limit=2");
            var second = await AsAsync(tenant, HttpMethod.Get, $"{Letters}?limit=2&cursor={first["next"]}");
            Assert.That((Ids(first).Count, Ids(second).Count), Is.EqualTo((2, 1)), second.Text);
            foreach (var another in Tenants.Where(each => each != tenant))
            {
                (await AsAsync(another, HttpMethod.Get, $"{Letters}?cursor={first["next"]}")).AssertWrong("cursor");
                (await AsAsync(another, HttpMethod.Get, $"{Letters}/{Ids(first)[0]}")).AssertProblem(404);
                (await AsAsync(another, HttpMethod.Delete, $"{Letters}/{Ids(first)[0]}")).AssertProblem(404);
                (await AsAsync(another, HttpMethod.Post, $"{Letters}/{Ids(first)[0]}/replay")).AssertProblem(404);
            }
        }

        static List<string> Ids(Answer page) =>
            [.. page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
    }

    private static object Request(int hours, string? id = null) => id is null
        ? new { url = $"{Target}/{hours}", delay = $"PT{hours}H" }
        : new { url = $"{Target}/{hours}", delay = $"PT{hours}H", id };

    private Task<Answer> AsAsync(
        string tenant, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, Content(body), [(HeaderTenant.Header, tenant), .. headers]);
}
