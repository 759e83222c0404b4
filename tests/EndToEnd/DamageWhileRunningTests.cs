using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>
/// Files deleted, cut short or overwritten under the running service: told by name at once, and from then on nothing is acknowledged.
/// </summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class DamageWhileRunningTests
{
    private const int Timers = 50;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    /// <summary>Kind of damage and the file that it is done to.</summary>
    private static readonly (string Kind, string File)[] Damages =
    [
        ("deleted", "lock"), ("deleted", "timers.db"), ("deleted", "timers.db-wal"), ("deleted", "timers.db-shm"),
        ("deleted", "timers.db-outcomes"), ("replaced", "lock"), ("replaced", "timers.db"),
        ("emptied", "timers.db"), ("emptied", "timers.db-wal"), ("emptied", "timers.db-outcomes"), ("cut", "timers.db"),
        ("overwritten", "timers.db"), ("overwritten", "timers.db-wal"),
    ];

    [Test]
    public async Task It_is_told_by_name_and_nothing_is_acknowledged_any_more()
    {
        var rounds = Math.Max(Damages.Length, Rounds.Embedded / 4);
        var (acknowledged, lost) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var (kind, file) = Damages[round % Damages.Length];
            var context = $"round {round}, {file} {kind}";
            await using var standalone = await StandaloneProcess.StartNewAsync();
            var journal = new Journal(standalone.Http);
            await journal.CreateBatchAsync(Timers, _ => new { url = "http://127.0.0.1:2/hook", delay = "PT5H" });
            var path = Path.Combine(standalone.Folder, "data", file);
            await CheckpointedAsync(path);

            Damage(path, kind);
            var after = await CreateAfterwardsAsync(standalone, file, context);

            // It meets the lock, whatever has happened to other files; the long version looks after any damage.
            if (Rounds.Given is not null || (file is "lock" or "timers.db" && kind is "deleted" or "replaced"))
            {
                await RefusesASecondAsync(standalone, context);
            }

            Assert.That(standalone.HasExited, Is.False, context);
            if (Rounds.Given is null && round % 2 > 0)
            {
                // A start costs more than all the rest; the long version has them all.
                continue;
            }

            await standalone.KillAsync();
            await standalone.StartAsync(wait: false);
            await Eventually.That(
                async () => standalone.HasExited || await RespondsAsync(standalone),
                TimeSpan.FromSeconds(60),
                $"{context}: it starts or ends");
            if (standalone.HasExited)
            {
                await standalone.ExitedAsync();
                Assert.That(standalone.ExitCode, Is.EqualTo(2), $"{context}\n{standalone.Output}");
                Assert.That(standalone.Output, Does.Contain(file), context);
                Assert.That(file, Is.EqualTo("timers.db").Or.EqualTo("timers.db-wal"), $"{context}: what can be made anew stops no start");
            }
            else
            {
                // What was stored before may be what was damaged; what only tells of it is made anew.
                var owed = kind == "deleted" || file is "lock" or "timers.db-outcomes" ? journal.Acknowledged.Select(each => each.Id!) : [];
                foreach (var id in owed.Concat(after))
                {
                    using var timer = await standalone.Http.GetAsync($"/api/v1/timers/{id}");
                    acknowledged++;
                    lost += timer.StatusCode == HttpStatusCode.OK ? 0 : 1;
                }
            }

            Assert.That(lost, Is.Zero, $"{context}\n{standalone.Output}");
        }

        FaultReport.Note("(20) files damaged under the running service", "embedded", rounds, acknowledged, lost);
        Assert.That(acknowledged, Is.Positive);
    }

    /// <summary>All that was stored is in the file, and the log is not new any more.</summary>
    private static async Task CheckpointedAsync(string path)
    {
        var file = new FileInfo(Path.Combine(Path.GetDirectoryName(path)!, "timers.db"));
        await Eventually.That(
            () =>
            {
                file.Refresh();
                return file.Length > 50_000;
            },
            TimeSpan.FromSeconds(30),
            "the log is copied into the file");
    }

    private static void Damage(string path, string kind)
    {
        switch (kind)
        {
            case "deleted":
                File.Delete(path);
                return;
            case "replaced":
                File.WriteAllBytes(path + "-copy", [1, 2, 3]);
                File.Move(path + "-copy", path, overwrite: true);
                return;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (kind == "overwritten")
        {
            stream.Write(Enumerable.Repeat((byte)0xA5, 100).ToArray());
        }
        else
        {
            stream.SetLength(kind == "emptied" ? 0 : 8_192);
        }
    }

    /// <returns>What was acknowledged all the same.</returns>
    private static async Task<List<string>> CreateAfterwardsAsync(StandaloneProcess standalone, string file, string context)
    {
        var acknowledged = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            using var answer = await standalone.Http.PostAsJsonAsync(
                "/api/v1/timers", new { url = "http://127.0.0.1:2/hook", delay = "PT5H" });
            var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (answer.IsSuccessStatusCode)
            {
                acknowledged.Add(told.GetProperty("id").GetString()!);
                continue;
            }

            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable), context);
            Assert.That(told.GetProperty("detail").GetString(), Does.Contain(file), context);
        }

        Assert.That(acknowledged, Is.Empty, context);
        using var ready = await standalone.Http.GetAsync("/health/ready");
        var check = (await ready.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").GetProperty("store").GetString();
        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable), context);
        Assert.That(check, Does.Contain(file), context);
        await Eventually.That(
            () => standalone.Output.Contains("[4201]", StringComparison.Ordinal),
            Soon,
            () => $"{context}: it is logged\n{standalone.Output}");

        // A deleted log is copied into the file, at most a second later.
        await Task.Delay(TimeSpan.FromSeconds(2));
        return acknowledged;
    }

    private static async Task RefusesASecondAsync(StandaloneProcess standalone, string context)
    {
        await using var second = new StandaloneProcess("--Storage:Path", Path.Combine(standalone.Folder, "data"));
        await second.StartAsync(wait: false);
        await second.ExitedAsync();
        Assert.That(second.ExitCode, Is.EqualTo(2), $"{context}\n{second.Output}");
        Assert.That(second.Output, Does.Contain("another process holds it"), context);
    }

    private static async Task<bool> RespondsAsync(StandaloneProcess standalone)
    {
        try
        {
            using var answer = await standalone.Http.GetAsync("/health/live");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
