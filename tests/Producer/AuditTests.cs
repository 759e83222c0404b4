using System.Text.Json;
using Tests.Support;

namespace Tests.Producer;

/// <summary>What is written down of what callers do.</summary>
public sealed class AuditTests : RestTests
{
    private const string Audit = "/api/v1/audit";

    protected override HostedStandalone CreateApp() => new(withKeys: true);

    [Test]
    public async Task Commands_and_changes_of_keys_are_written_down_with_who_and_from_where_and_no_secret()
    {
        var (http, id, text) = await App.CreateKeyAsync(Http, new { name = "ci", scopes = new[] { "timers:write", "timers:control" } });
        using var client = http;
        var timer = await client.CreateAsync(new { url = Target, delay = "PT1H" });
        using var cancelled = await client.DeleteAsync($"{Timers}/{timer}?");
        using var unknown = await client.DeleteAsync($"{Timers}/unknown");
        await DeleteAsync($"/api/v1/keys/{id}");

        var own = await EntriesAsync($"{Audit}?key={id}");
        Assert.That(
            own.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("outcome").GetInt32())),
            Is.EqualTo(new[] { ("deleteTimer", 404), ("deleteTimer", 200) }));
        Assert.That(own[1].GetProperty("target").GetString(), Is.EqualTo($"{Timers}/{timer}"));
        Assert.That(own[1].GetProperty("actor").GetString(), Is.EqualTo("ci"));
        Assert.That(own[1].GetProperty("address").GetString(), Does.Contain("127.0.0.1"));
        Assert.That(own[1].GetProperty("before").GetString(), Does.Match("^[0-9a-f]{64}$"));
        Assert.That(own[1].GetProperty("after").GetString(), Is.Not.EqualTo(own[1].GetProperty("before").GetString()));

        var keys = await EntriesAsync($"{Audit}?action=revokeKey");
        Assert.That(keys[0].GetProperty("target").GetString(), Is.EqualTo($"/api/v1/keys/{id}"));
        var all = (await GetAsync($"{Audit}/export")).Text;
        Assert.That(all.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.GreaterThanOrEqualTo(4));
        Assert.That(all, Does.Not.Contain(text).And.Not.Contain(text.Split('_')[2]).And.Not.Contain(HostedKeys.First.Text));
    }

    [Test]
    public async Task An_erasure_is_written_down_with_what_was_there_before()
    {
        var (http, key, _) = await App.CreateKeyAsync(Http, new { name = "eraser", scopes = new[] { "timers:write", "timers:control" } });
        using var client = http;
        var id = await client.CreateAsync(new { url = Target, delay = "PT1H" });
        using var cancelled = await client.DeleteAsync($"{Timers}/{id}");
        using var erased = await client.DeleteAsync($"{Timers}/{id}");

        var entries = await EntriesAsync($"{Audit}?key={key}");

        Assert.That(
            entries.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("outcome").GetInt32())),
            Is.EqualTo(new[] { ("deleteTimer", 204), ("deleteTimer", 200) }));
        Assert.That(entries[0].GetProperty("before").GetString(), Is.EqualTo(entries[1].GetProperty("after").GetString()));
        Assert.That(entries[0].TryGetProperty("after", out var after) && after.ValueKind != JsonValueKind.Null, Is.False);
    }

    [Test]
    public async Task Reads_and_creates_are_not_and_a_tenant_sees_its_own()
    {
        var (http, id, _) = await App.CreateKeyAsync(
            Http, new { name = "all", scopes = new[] { "admin" }, tenant = "acme" });
        using var client = http;
        var timer = await client.CreateAsync(new { url = Target, delay = "PT1H" });
        Assert.That((int)(await client.GetAsync($"{Timers}/{timer}")).StatusCode, Is.EqualTo(200));
        using var paused = await client.PostAsync($"{Timers}/{timer}/pause", null);

        using var answer = await client.GetAsync(Audit);
        var text = await answer.Content.ReadAsStringAsync();
        var entries = JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray().ToList();

        Assert.That(entries.Select(entry => entry.GetProperty("action").GetString()), Is.EqualTo(new[] { "pauseTimer" }));
        Assert.That(entries.Select(entry => entry.GetProperty("key").GetString()), Is.All.EqualTo(id));
    }

    [Test]
    public async Task It_is_paged_and_nothing_changes_it()
    {
        for (var i = 0; i < 5; i++)
        {
            await PostAsync($"{Timers}/replay", new { state = "failed", tag = "none" });
        }

        var ids = new List<string?>();
        var path = $"{Audit}?limit=2&action=replayTimers";
        var next = (string?)string.Empty;
        while (next is not null)
        {
            var page = (await GetAsync(path + next)).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
            next = page.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : null;
        }

        Assert.That(ids, Has.Count.GreaterThanOrEqualTo(5).And.Unique.And.Ordered.Descending);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            Assert.That((await SendAsync(method, Audit, Content("{}"))).Status, Is.EqualTo(405));
        }

        (await GetAsync($"{Audit}?from=yesterday")).AssertWrong("from");
    }

    private async Task<List<JsonElement>> EntriesAsync(string path) =>
        [.. (await GetAsync(path)).Json.GetProperty("items").EnumerateArray()];
}
