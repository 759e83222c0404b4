using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Contracts.Signing;
using Infrastructure.Storage.Sqlite;
using SQLitePCL;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A back-up of the running program's folder, as docs/guides/backup.md says, and what a restore of it brings back.</summary>
public sealed class BackupTests
{
    private const string Timers = "/api/v1/timers";
    private const string Token = "planted-in-a-backup";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>Every file that the program keeps something in, but for the process's own.</summary>
    private static readonly string[] Files =
    [
        "audit.db", "dead-letters.db", "devices.db", "items.db", "keys.db", "revenue.db", "schedules.db", "signing.db", "sites.db",
        "timers.db",
    ];

    /// <summary>What each slice, the keys and the secrets answer; none of it changes by being read.</summary>
    private static readonly string[] Reads =
    [
        $"{Timers}/waits/attempts", "/api/v1/devices/door", "/api/v1/devices/door/readings", "/api/v1/revenue/users/u",
        "/api/v1/revenue/event-types", "/api/v1/sites", "/api/v1/sites/export?site=s", "/api/v1/items/export?what=items",
        "/api/v1/signing-secrets", "/api/v1/dead-letters", "/api/v1/schedules/yearly",
    ];

    [Test]
    public async Task Keys_audit_secrets_and_every_slice_come_back_as_they_were()
    {
        await using var receiver = await Receiver.StartAsync();
        string[] settings = [$"--Keys:First={HostedKeys.First.Text}"];
        await using var standalone = await StandaloneProcess.StartNewAsync(settings);
        standalone.Http.DefaultRequestHeaders.Add("X-Api-Key", HostedKeys.First.Text);
        var (ci, signing) = await FillAsync(standalone, receiver);
        var before = await ReadAllAsync(standalone);
        var audit = await standalone.Http.GetStringAsync("/api/v1/audit/export");

        await using var restored = new StandaloneProcess(settings);
        var (acknowledged, fired) = await BackUpWhileTimersAreMadeAsync(standalone, restored);

        // What came after it: a timer fires, a key is revoked, a user is erased.
        using var fire = await standalone.Http.PostAsync($"{Timers}/waits/fire", null);
        using var revoke = await standalone.Http.DeleteAsync($"/api/v1/keys/{ci.Id}");
        using var erase = await standalone.Http.DeleteAsync("/api/v1/revenue/users/u");
        Assert.That((fire.IsSuccessStatusCode, revoke.IsSuccessStatusCode, erase.IsSuccessStatusCode), Is.EqualTo((true, true, true)));
        await Eventually.That(() => receiver.Journal.Any(each => each.TimerId == "waits"), MaxWait, "it fires");
        await standalone.TerminateAsync();

        await restored.StartAsync();
        restored.Http.DefaultRequestHeaders.Add("X-Api-Key", HostedKeys.First.Text);
        Assert.That(await ReadAllAsync(restored), Is.EqualTo(before));
        Assert.That(await restored.Http.GetStringAsync("/api/v1/audit/export"), Is.EqualTo(audit));
        Assert.That(await StatusAsync(restored, ci.Text), Is.EqualTo(200), "as the guide says: it has to be revoked again");
        foreach (var id in acknowledged)
        {
            using var found = await restored.Http.GetAsync($"{Timers}/{id}");
            Assert.That((int)found.StatusCode, Is.EqualTo(200), $"{id} was acknowledged before the back-up began ({fired} made meanwhile)");
        }

        using var again = await restored.Http.PostAsync($"{Timers}/waits/fire", null);
        await Eventually.That(() => receiver.Journal.Count(each => each.TimerId == "waits") == 2, MaxWait, "it fires again");
        var arrivals = receiver.Journal.Where(each => each.TimerId == "waits").ToList();
        Assert.That(arrivals.Select(each => each.WebhookId).Distinct().Count(), Is.EqualTo(1), "receivers can tell");
        Assert.That(arrivals[1].Headers["Authorization"], Is.EqualTo($"Bearer {Token}"), "the key of the credentials was backed up");
        Assert.That(WebhookSecret.TryParse(signing, out var secret), Is.True);
        Assert.That(
            WebhookSignature.Verify(
                [secret!], arrivals[1].WebhookId, arrivals[1].Headers["webhook-timestamp"],
                arrivals[1].Headers.GetValueOrDefault("webhook-signature"), Encoding.UTF8.GetBytes(arrivals[1].Body), arrivals[1].At),
            Is.EqualTo(SignatureVerdict.Valid));
        using var kept = await restored.Http.PutAsJsonAsync(
            "/api/v1/devices/door", new { quietAfter = "PT1H", quietUrl = $"{receiver.At("/quiet")}?token=********" });
        Assert.That((int)kept.StatusCode, Is.EqualTo(200), await kept.Content.ReadAsStringAsync());

        await restored.TerminateAsync();
        var check = await CommandRun.OnAsync(null, "check", Path.Combine(restored.Folder, "data"));
        Assert.That(check.Code, Is.Zero, check.Output + check.Errors);
    }

    private static async Task<((string Id, string Text) Key, string Signing)> FillAsync(StandaloneProcess standalone, Receiver receiver)
    {
        await PostAsync("/api/v1/devices/readings", new { device = "door", timestamp = 1, count = 5 });
        await PostAsync("/api/v1/devices/adjustments", new { device = "door", timestamp = 1, delta = -1, eventId = "a" });
        using var put = await standalone.Http.PutAsJsonAsync(
            "/api/v1/devices/door", new { quietAfter = "PT1H", quietUrl = $"{receiver.At("/quiet")}?token={Token}" });
        using var type = await standalone.Http.PutAsJsonAsync("/api/v1/revenue/event-types/sold", new { sign = "add" });
        Assert.That((put.IsSuccessStatusCode, type.IsSuccessStatusCode), Is.EqualTo((true, true)));
        using var schedule = await standalone.Http.PutAsJsonAsync(
            "/api/v1/schedules/yearly",
            new { rrule = "FREQ=YEARLY", anchor = "2098-01-01T00:00:00Z", url = $"{receiver.At("/yearly")}?token={Token}" });
        Assert.That((int)schedule.StatusCode, Is.EqualTo(201), await schedule.Content.ReadAsStringAsync());
        await PostAsync("/api/v1/revenue/events", new { user = "u", name = "sold", value = 5 });
        await PostAsync("/api/v1/sites/events", new { site = "s", type = "page_view", path = "/", user = "who" });
        var item = await PostAsync("/api/v1/items/base-items", new { description = "A chair." });
        await PostAsync("/api/v1/items", new { baseItem = item.GetProperty("id").GetString() });
        var signing = await PostAsync("/api/v1/signing-secrets", new { });
        var key = await PostAsync("/api/v1/keys", new { name = "ci", scopes = new[] { "read" } });
        await PostAsync(Timers, new
        {
            id = "waits",
            url = receiver.At("/hook"),
            delay = "PT1H",
            headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Token}" },
        });
        return ((key.GetProperty("id").GetString()!, key.GetProperty("key").GetString()!), signing.GetProperty("secret").GetString()!);

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var answer = await standalone.Http.PostAsJsonAsync(path, body);
            Assert.That(answer.IsSuccessStatusCode, Is.True, $"{path}: {await answer.Content.ReadAsStringAsync()}");
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    /// <summary>Writers do not wait for it, nor it for them.</summary>
    /// <returns>Timers that were acknowledged before it began, and how many while it went on.</returns>
    private static async Task<(List<string> Before, int Meanwhile)> BackUpWhileTimersAreMadeAsync(
        StandaloneProcess standalone, StandaloneProcess restored)
    {
        var made = new List<string>();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var id = await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/", delay = "PT1H" });
                lock (made)
                {
                    made.Add(id);
                }
            }
        });
        await Eventually.That(() => Count() > 50, MaxWait, "timers are made");
        List<string> before;
        lock (made)
        {
            before = [.. made];
        }

        var (from, to) = (Path.Combine(standalone.Folder, "data"), Path.Combine(restored.Folder, "data"));
        Directory.CreateDirectory(to);
        Assert.That(Directory.EnumerateFiles(from, "*.db").Select(Path.GetFileName), Is.EquivalentTo(Files), "the guide names all");
        foreach (var file in Files)
        {
            Copy(Path.Combine(from, file), Path.Combine(to, file));
        }

        File.Copy(Path.Combine(from, "secrets.key"), Path.Combine(to, "secrets.key"));
        await Eventually.That(() => Count() > before.Count, MaxWait, "they are made on");
        await stop.CancelAsync();
        await writer;
        return (before, Count() - before.Count);

        int Count()
        {
            lock (made)
            {
                return made.Count;
            }
        }
    }

    /// <summary>What the shell's .backup does.</summary>
    private static void Copy(string from, string to)
    {
        SqliteLibrary.Check();
        Assert.That(raw.sqlite3_open_v2(from, out var source, raw.SQLITE_OPEN_READWRITE, null), Is.EqualTo(raw.SQLITE_OK));
        Assert.That(
            raw.sqlite3_open_v2(to, out var target, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null), Is.EqualTo(raw.SQLITE_OK));
        using (source)
        using (target)
        {
            _ = raw.sqlite3_busy_timeout(source, 60_000);
            using var backup = raw.sqlite3_backup_init(target, "main", source, "main");
            Assert.That(raw.sqlite3_backup_step(backup, -1), Is.EqualTo(raw.SQLITE_DONE), from);
            Assert.That(raw.sqlite3_backup_finish(backup), Is.EqualTo(raw.SQLITE_OK), from);
        }
    }

    private static async Task<string> ReadAllAsync(StandaloneProcess standalone)
    {
        var all = new List<string>();
        foreach (var path in Reads)
        {
            using var answer = await standalone.Http.GetAsync(path);
            all.Add($"{path} {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            Assert.That(answer.IsSuccessStatusCode, Is.True, all[^1]);
        }

        return string.Join('\n', all);
    }

    private static async Task<int> StatusAsync(StandaloneProcess standalone, string key)
    {
        using var http = new HttpClient { BaseAddress = standalone.Http.BaseAddress };
        http.DefaultRequestHeaders.Add("X-Api-Key", key);
        using var answer = await http.GetAsync(Timers);
        return (int)answer.StatusCode;
    }
}
