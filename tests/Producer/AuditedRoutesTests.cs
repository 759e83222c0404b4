using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Access;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What the audit knows, as hashes, of what each action of each slice found and left.</summary>
public sealed partial class AuditedRoutesTests : RestTests
{
    private const string Audit = "/api/v1/audit";

    /// <summary>By the test that does it.</summary>
    private static readonly string[] Actions =
    [
        "changeTimer", "pauseTimer", "resumeTimer", "cancelTimer", "deleteTimer", "fireTimer", "replayTimer", "replayTimers",
        "changeDeadLetter", "replayDeadLetter", "deleteDeadLetter", "putDevice", "eraseDevice", "adjustReadings",
        "putRevenueEventType", "deleteRevenueEventType", "adjustRevenue", "eraseRevenueUser", "eraseSite", "eraseUser", "eraseNamedUser",
        "eraseVisitor", "eraseItemUser", "createKey", "rotateKey", "revokeKey", "createSigningSecret", "rotateSigningSecret",
        "deleteSigningSecret", "putSchedule", "changeSchedule", "pauseSchedule", "resumeSchedule", "runSchedule", "skipSchedule",
        "deleteSchedule", "replaySchedule", "backfillSchedule", "stopBackfill",
        "putCalendar", "deleteCalendar",
    ];

    private static readonly HashSet<string> Done = [];

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [Test]
    public void Every_action_is_one_that_is_tested_here()
    {
        var audited = Route.All(App.Services)
            .Where(route => route.IsUnsafe && route.Endpoint.Metadata.GetMetadata<RouteAccess>()
                is { Verb: KeyVerb.Control or KeyVerb.Admin })
            .Select(route => route.Endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IEndpointNameMetadata>()!.EndpointName)
            .Distinct();

        Assert.That(audited, Is.EquivalentTo(Actions));
    }

    [OneTimeTearDown]
    public void All_were_done()
    {
        if (TestContext.CurrentContext.Result is { FailCount: 0, PassCount: > 5 })
        {
            Assert.That(Done, Is.EquivalentTo(Actions), "each was looked up in the audit");
        }
    }

    [Test]
    public async Task Commands_on_a_timer_tell_what_it_was_and_became()
    {
        var id = await CreateIdAsync();
        await PostAsync($"{Timers}/{id}/pause");
        await PostAsync($"{Timers}/{id}/resume");
        await PatchAsync($"{Timers}/{id}", new { tags = new[] { "changed" } });
        await PostAsync($"{Timers}/{id}/cancel");
        await DeleteAsync($"{Timers}/{id}");

        var path = $"{Timers}/{id}";
        await AssertChainAsync(
            ("pauseTimer", $"{path}/pause"), ("resumeTimer", $"{path}/resume"), ("changeTimer", path), ("cancelTimer", $"{path}/cancel"),
            ("deleteTimer", path));
        Assert.That((await EntryAsync("deleteTimer", path)).After, Is.Null, "it is erased");
    }

    [Test]
    public async Task A_timer_whose_credential_alone_has_changed_has_become_another_one()
    {
        var id = await CreateIdAsync(new { url = Target, delay = "PT1H", headers = new { Authorization = "Bearer planted-one" } });
        var entries = new List<(string? Before, string? After)>();
        foreach (var token in new[] { "two", "three" })
        {
            var changed = await PatchAsync($"{Timers}/{id}", new { headers = new { Authorization = $"Bearer planted-{token}" } });
            Assert.That(changed.Status, Is.EqualTo(200), changed.Text);
            entries.Add(await EntryAsync("changeTimer", $"{Timers}/{id}"));
        }

        AssertBoth(entries[0]);
        AssertBoth(entries[1]);
        Assert.That(entries[1].Before, Is.EqualTo(entries[0].After));
    }

    [Test]
    public async Task Replays_of_failed_timers_tell_of_each()
    {
        var tag = Guid.NewGuid().ToString("N");
        object Failing() => new { url = Target, delay = "PT0S", retry = new { attempts = 1 }, tags = new[] { tag } };
        var ids = new[] { await CreateIdAsync(Failing()), await CreateIdAsync(Failing()) };
        foreach (var id in ids)
        {
            await StateBecomesAsync(id, "failed");
        }

        var one = await PostAsync($"{Timers}/{ids[0]}/replay");
        var some = await PostAsync($"{Timers}/replay", new { tag });
        Assert.That((one.Status, some.Status), Is.EqualTo((200, 200)), one.Text + some.Text);
        AssertBoth(await EntryAsync("replayTimer", $"{Timers}/{ids[0]}/replay"));
        AssertBoth(await EntryAsync("replayTimers", $"{Timers}/replay"));
        await PostAsync($"{Timers}/replay", new { tag = "nothing" });
        Assert.That(await EntryAsync("replayTimers", $"{Timers}/replay"), Is.EqualTo(((string?)null, (string?)null)));

        var waiting = await CreateIdAsync();
        await PostAsync($"{Timers}/{waiting}/fire");
        AssertBoth(await EntryAsync("fireTimer", $"{Timers}/{waiting}/fire"));
    }

    [Test]
    public async Task Dead_letters_tell_what_was_edited_replayed_and_deleted()
    {
        var timer = ATimer.New().Build();
        var letter = new DeadLetter
        {
            Id = DeadLetter.IdOf(TimerMessages.Topic, new LogPosition(Guid.NewGuid(), 0, 1)),
            Topic = TimerMessages.Topic,
            Type = TimerMessages.Scheduled.Name,
            Key = TimerMessages.Scheduled.KeyOf(timer),
            Content = "nonsense"u8.ToArray(),
            Position = new LogPosition(Guid.NewGuid(), 0, 1),
            Reason = "It does not compute.",
            DiedAt = TimeProvider.System.GetUtcNow(),
        };
        await App.Services.GetRequiredService<IDeadLetterStore>().AddAsync(letter, default);
        var path = $"/api/v1/dead-letters/{letter.Id}";
        var content = JsonSerializer.SerializeToElement(timer, TimersJson.Default.TimerScheduled);

        Assert.That((await PatchAsync(path, new { content })).Status, Is.EqualTo(200));
        var first = await EntryAsync("changeDeadLetter", path);

        // What is not shown of it, and nothing else, is another one.
        foreach (var token in new[] { "one", "two" })
        {
            var secret = JsonSerializer.SerializeToNode(content)!;
            secret["spec"]!["headers"] = new JsonObject { ["Authorization"] = $"Bearer planted-{token}" };
            Assert.That((await PatchAsync(path, new { content = secret })).Status, Is.EqualTo(200));
            var entry = await EntryAsync("changeDeadLetter", path);
            AssertBoth(entry);
            Assert.That(entry.Before, Is.EqualTo(first.After));
            first = entry;
        }

        Assert.That((await PostAsync($"{path}/replay")).Status, Is.EqualTo(200));
        Assert.That((await DeleteAsync(path)).Status, Is.EqualTo(204));

        await AssertChainAsync(("changeDeadLetter", path), ("replayDeadLetter", $"{path}/replay"), ("deleteDeadLetter", path));
        Assert.That((await EntryAsync("deleteDeadLetter", path)).After, Is.Null);
    }

    [Test]
    public async Task Settings_of_a_device_tell_what_they_were_and_became()
    {
        const string Path = "/api/v1/devices/audited";
        var entries = new List<(string? Before, string? After)>();
        foreach (var body in new[]
        {
            """{"name":"A"}""", """{"name":"B","tags":["x"]}""", """{"name":"A"}""",
            $$"""{"quietAfter":"PT1H","quietUrl":"{{Target}}?token=one"}""",
            $$"""{"quietAfter":"PT1H","quietUrl":"{{Target}}?token=two"}""",
            "{}",
        })
        {
            Assert.That((await SendAsync(HttpMethod.Put, Path, Content(body))).Status, Is.EqualTo(200), body);
            entries.Add(await EntryAsync("putDevice", Path));
        }

        Assert.That(entries[0].Before, Is.Null, "nothing was set");
        Assert.That(entries[^1].After, Is.Null, "nothing is set");
        Assert.That(entries.Skip(1).Select(entry => entry.Before), Is.EqualTo(entries.SkipLast(1).Select(entry => entry.After)));
        Assert.That(entries[2].After, Is.EqualTo(entries[0].After), "the same again");
        Assert.That(entries.SkipLast(1).Select(entry => entry.After).Distinct().Count(), Is.EqualTo(4), "another token is another content");
    }

    [Test]
    public async Task Names_of_events_tell_what_they_meant()
    {
        const string Path = "/api/v1/revenue/event-types/audited";
        var entries = new List<(string? Before, string? After)>();
        foreach (var sign in new[] { "add", "subtract", "add" })
        {
            Assert.That((await SendAsync(HttpMethod.Put, Path, Content(new { sign }))).Status, Is.AnyOf(200, 201));
            entries.Add(await EntryAsync("putRevenueEventType", Path));
        }

        await DeleteAsync(Path);
        entries.Add(await EntryAsync("deleteRevenueEventType", Path));

        Assert.That((entries[0].Before, entries[^1].After), Is.EqualTo(((string?)null, (string?)null)));
        Assert.That(entries.Skip(1).Select(entry => entry.Before), Is.EqualTo(entries.SkipLast(1).Select(entry => entry.After)));
        Assert.That(entries[2].After, Is.EqualTo(entries[0].After).And.Not.EqualTo(entries[1].After));
    }

    [Test]
    public async Task Erasures_tell_that_something_was_there_and_that_nothing_was()
    {
        await PostAsync("/api/v1/devices/readings", new { device = "gone", timestamp = 1, count = 1 });
        await PostAsync("/api/v1/revenue/events", new { user = "gone", name = "add_revenue", value = 5 });
        await PostAsync("/api/v1/sites/events", new { site = "gone", type = "page_view", path = "/", user = "who" });
        var user = (await PostAsync("/api/v1/items/users", new { }))["id"];

        // Who did what on a site is not found without reading all of it.
        foreach (var (action, path) in new[]
        {
            ("eraseUser", "/api/v1/sites/gone/users/who"), ("eraseNamedUser", "/api/v1/sites/gone/users"),
            ("eraseVisitor", "/api/v1/sites/gone/visitors/00000000000000ff"),
        })
        {
            Assert.That((await DeleteAsync(action == "eraseNamedUser" ? $"{path}?user=who" : path)).Status, Is.EqualTo(204), action);
            Assert.That(await EntryAsync(action, path), Is.EqualTo(((string?)null, (string?)null)), action);
        }

        foreach (var (action, path) in new[]
        {
            ("eraseDevice", "/api/v1/devices/gone"), ("eraseRevenueUser", "/api/v1/revenue/users/gone"),
            ("eraseSite", "/api/v1/sites/gone/events"), ("eraseItemUser", $"/api/v1/items/users/{user}"),
        })
        {
            Assert.That((await DeleteAsync(path)).Status, Is.EqualTo(204), action);
            var first = await EntryAsync(action, path);
            Assert.That((await DeleteAsync(path)).Status, Is.EqualTo(204), action);
            var second = await EntryAsync(action, path);

            Assert.That((first.Before, first.After), Is.EqualTo((first.Before, (string?)null)).And.Not.EqualTo(second), action);
            Assert.That(first.Before, Does.Match("^[0-9a-f]{64}$"), action);
            Assert.That(second, Is.EqualTo(((string?)null, (string?)null)), action);
        }
    }

    [Test]
    public async Task Corrections_tell_what_they_have_added()
    {
        await PostAsync("/api/v1/devices/readings", new { device = "corrected", timestamp = 1, count = 5 });
        await PostAsync("/api/v1/revenue/events", new { user = "corrected", name = "add_revenue", value = 5, eventId = "e-1" });
        foreach (var (action, path, body) in new (string, string, Func<int, object>)[]
        {
            ("adjustReadings", "/api/v1/devices/adjustments", delta => new { device = "corrected", timestamp = 1, delta }),
            ("adjustRevenue", "/api/v1/revenue/adjustments", delta => new { user = "corrected", original = "e-1", delta }),
        })
        {
            var entries = new List<(string? Before, string? After)>();
            foreach (var delta in new[] { 1, 2 })
            {
                Assert.That((await PostAsync(path, body(delta))).Status, Is.EqualTo(201), action);
                entries.Add(await EntryAsync(action, path));
            }

            Assert.That(entries.Select(entry => entry.Before), Is.All.Null, "they replace nothing");
            Assert.That(entries.Select(entry => entry.After), Is.All.Match("^[0-9a-f]{64}$"), action);
            Assert.That(entries.Select(entry => entry.After), Is.Unique, action);
        }
    }

    [Test]
    public async Task Keys_and_signing_secrets_tell_what_they_were_and_became()
    {
        foreach (var (noun, root, body) in new (string, string, object)[]
        {
            ("Key", "/api/v1/keys", new { name = "audited", scopes = new[] { "read" } }),
            ("SigningSecret", "/api/v1/signing-secrets", new { destination = "https://audited.example" }),
        })
        {
            var made = await PostAsync(root, body);
            Assert.That(made.Status, Is.EqualTo(201), made.Text);
            var path = $"{root}/{made["id"]}";
            Assert.That((await PostAsync($"{path}/rotate", new { })).Status, Is.EqualTo(200));
            Assert.That((await DeleteAsync(path)).Status, Is.AnyOf(200, 204));

            Assert.That((await EntryAsync($"create{noun}", root)).Before, Is.Null);
            await AssertChainAsync(
                ($"create{noun}", root), ($"rotate{noun}", $"{path}/rotate"), (noun == "Key" ? "revokeKey" : $"delete{noun}", path));
        }
    }

    [Test]
    public async Task Commands_on_a_schedule_tell_what_it_was_and_became()
    {
        const string Path = "/api/v1/schedules/audited";
        var created = await SendAsync(HttpMethod.Put, Path, Content(new { cron = "0 0 1 1 *", url = Target }));
        Assert.That(created.Status, Is.EqualTo(201), created.Text);
        Assert.That((await EntryAsync("putSchedule", Path)).Before, Is.Null);
        Assert.That((await SendAsync(HttpMethod.Patch, Path, Content(new { misfire = "all" }))).Status, Is.EqualTo(200));
        foreach (var command in new[] { "skip", "pause", "resume" })
        {
            Assert.That((await PostAsync($"{Path}/{command}")).Status, Is.EqualTo(200), command);
        }

        await DeleteAsync(Path);
        await AssertChainAsync(
            ("putSchedule", Path), ("changeSchedule", Path), ("skipSchedule", $"{Path}/skip"), ("pauseSchedule", $"{Path}/pause"),
            ("resumeSchedule", $"{Path}/resume"), ("deleteSchedule", Path));
        Assert.That((await EntryAsync("deleteSchedule", Path)).After, Is.Null);

        await SendAsync(HttpMethod.Put, Path, Content(new { cron = "0 0 1 1 *", url = Target }));
        await PostAsync($"{Path}/run");
        AssertBoth(await EntryAsync("runSchedule", $"{Path}/run"));
        await PostAsync($"{Path}/backfill", new { from = "1950-01-01T00:00:00Z", to = "2020-01-01T00:00:00Z", perMinute = 1 });
        await DeleteAsync($"{Path}/backfill");
        await PostAsync($"{Path}/replay");
        AssertBoth(await EntryAsync("backfillSchedule", $"{Path}/backfill"));
        AssertBoth(await EntryAsync("stopBackfill", $"{Path}/backfill"));
        AssertBoth(await EntryAsync("replaySchedule", $"{Path}/replay"));
    }

    private static void AssertBoth((string? Before, string? After) entry)
    {
        Assert.That(entry.Before, Does.Match("^[0-9a-f]{64}$"));
        Assert.That(entry.After, Does.Match("^[0-9a-f]{64}$").And.Not.EqualTo(entry.Before));
    }

    /// <summary>Each found what the one before it has left, and changed it.</summary>
    private async Task AssertChainAsync(params (string Action, string Path)[] actions)
    {
        string? left = null;
        foreach (var (action, path) in actions)
        {
            var (before, after) = await EntryAsync(action, path);
            Assert.That(before, left is null ? Is.AnyOf(before) : Is.EqualTo(left), action);
            Assert.That(after, Is.Not.EqualTo(before), action);
            left = after;
        }
    }

    /// <summary>The latest of an action on a path.</summary>
    private async Task<(string? Before, string? After)> EntryAsync(string action, string path)
    {
        var entries = (await GetAsync($"{Audit}?action={action}")).Json.GetProperty("items").EnumerateArray()
            .Where(entry => Uri.UnescapeDataString(entry.GetProperty("target").GetString()!) == path).ToList();
        Assert.That(entries, Is.Not.Empty, $"{action} of {path}");
        lock (Done)
        {
            Done.Add(action);
        }

        return (TextOf(entries[0], "before"), TextOf(entries[0], "after"));
    }

    private static string? TextOf(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
}
