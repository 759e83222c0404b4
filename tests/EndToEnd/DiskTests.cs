using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>What the disk has to do with it: synced before an answer, refused when full, healed by itself.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class DiskTests
{
    [Test]
    public async Task An_answer_is_written_after_the_log_is_synced_and_never_before()
    {
        if (!Tools.Exists("strace"))
        {
            Tools.Missing("strace");
        }

        await using var standalone = new StandaloneProcess();
        var trace = Path.Combine(standalone.Folder, "strace.txt");
        await standalone.StartAsync(
            wait: true, "strace", "-f", "-qq", "-y", "-s", "64", "-e", "trace=fdatasync,fsync,sendto,sendmsg,write,writev,pwrite64", "-o",
            trace);
        for (var i = 0; i < 20; i++)
        {
            await standalone.Http.CreateAsync(new { url = "http://127.0.0.1:2/hook", delay = "PT1H", id = $"synced-{i}" });
        }

        await standalone.TerminateTracedAsync();
        var lines = await File.ReadAllLinesAsync(trace);
        var answers = 0;
        var synced = false;
        var syncing = new HashSet<string>();
        foreach (var line in lines)
        {
            // SQLite's build decides between fdatasync and fsync, which does all that fdatasync does and more. A call
            // that others overlap stands on two lines; it counts when it has returned.
            var thread = line.Split(' ')[0];
            if (line.Contains("sync(", StringComparison.Ordinal) && line.Contains("timers.db-wal", StringComparison.Ordinal))
            {
                synced |= line.EndsWith("= 0", StringComparison.Ordinal);
                syncing.Add(thread);
            }
            else if (line.Contains("sync resumed>", StringComparison.Ordinal) && syncing.Remove(thread))
            {
                synced |= line.EndsWith("= 0", StringComparison.Ordinal);
            }
            else if (line.Contains("201 Created", StringComparison.Ordinal))
            {
                answers++;
                Assert.That(synced, Is.True, $"answer {answers} left before its sync");
                synced = false;
            }
        }

        Assert.That(answers, Is.EqualTo(20));
    }

    [Test]
    public async Task A_full_disk_refuses_with_503_loses_nothing_and_recovers_by_itself()
    {
        await using var disk = SmallDisk.Create(megabytes: 6);
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync("--Storage:Path", Path.Combine(disk.Path, "data"));
        var journal = new Journal(standalone.Http);
        var kept = await journal.CreateAsync(new { url = receiver.At("/hook"), delay = "PT1H" });
        var body = new string('x', 200_000);
        Told told;
        do
        {
            told = await journal.CreateAsync(new { url = receiver.At("/hook"), delay = "PT5S", body });
        }
        while (told.Verdict == Verdict.Ok && journal.Count < 100);

        var full = told.SentAt;
        disk.Fill();
        Assert.That(told.Verdict, Is.EqualTo(Verdict.Refused));
        using var refused = await standalone.Http.PostAsJsonAsync(
            "/api/v1/timers", new { url = receiver.At("/refused"), delay = "PT0S", body });
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(refused.Headers.RetryAfter, Is.Not.Null);
        Assert.That((await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), Does.Contain("full"));
        Assert.That(await standalone.Http.StateAsync(kept.Id!), Is.EqualTo("scheduled"), "reads go on");

        // The log's file has room left for small ones, and when it has none for a create, perhaps for a change.
        await Eventually.That(
            async () => (await journal.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S" })).Verdict == Verdict.Refused
                && (await journal.RescheduleAsync(kept.Id!, new { delay = "PT1H" })).Verdict == Verdict.Refused,
            TimeSpan.FromSeconds(30),
            "small ones are refused, too");
        Assert.That((await journal.CancelAsync(kept.Id!)).Verdict, Is.EqualTo(Verdict.Refused));
        Assert.That(await ReadyAsync(), Does.Contain("503").And.Contain("full"));

        // All but one fall due while nothing can be written.
        var allDue = journal.Acknowledged.Skip(1).Max(each => each.DueAt)!.Value.AddSeconds(5);
        await Eventually.That(() => TimeProvider.System.GetUtcNow() > allDue, TimeSpan.FromSeconds(30), "all are due");
        await TestContext.Out.WriteLineAsync($"{receiver.Count} of {journal.Count - 1} arrived while the disk was full");
        disk.Grow(megabytes: 64);

        await Eventually.That(
            async () => (await journal.CreateAsync(new { url = receiver.At("/hook"), delay = "PT0S" })).Verdict == Verdict.Ok,
            TimeSpan.FromSeconds(20),
            "creates are accepted again");
        Assert.That((await journal.RescheduleAsync(kept.Id!, new { delay = "PT1S" })).Verdict, Is.EqualTo(Verdict.Ok),
            "what was not cancelled can be moved");
        var healed = new Fault("full disk", full, TimeProvider.System.GetUtcNow(), Doubt.Nothing);
        await journal.DeliveredAsync(receiver, TimeSpan.FromSeconds(30));
        await standalone.Http.AllFinishedAsync(journal.Count);
        await journal.RecountAsync();
        await Eventually.That(
            async () => (await ReadyAsync()).StartsWith("200", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "it is ready again");
        FaultReport.Check("(2, 16) full disk", "embedded", 1, journal.Evidence(receiver, healed));
        Assert.That(receiver.Journal.Where(arrival => arrival.Path == "/refused"), Is.Empty);

        async Task<string> ReadyAsync()
        {
            using var ready = await standalone.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return $"{(int)ready.StatusCode} {await ready.Content.ReadAsStringAsync()}";
        }
    }
}
