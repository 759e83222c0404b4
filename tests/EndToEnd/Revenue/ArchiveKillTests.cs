using System.Security.Cryptography;
using System.Text.Json;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd.Revenue;

/// <summary>kill -9 of the embedded service around the turn of minutes: each accepted event is in one closed file of the archive.</summary>
[Category(FaultReport.Category)]
[Parallelizable] // It waits for minutes to end.
public sealed class ArchiveKillTests
{
    private static readonly int Kills = Rounds.Given is null ? 6 : 10;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Kills_leave_each_accepted_event_in_one_closed_file()
    {
        using var folder = new TemporaryFolder();
        await using var standalone = await StandaloneProcess.StartNewAsync($"--Revenue:Archive={folder.Path}");
        var journal = new RevenueJournal(standalone.Http);
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(1, 2).Select(seed => journal.SendAsync(seed, keys: 3, stop.Token)).ToList();
        for (var round = 1; round <= Kills; round++)
        {
            // A minute is archived within ten seconds of its end, so that some of these kills come while one is.
            await Task.Delay(TimeSpan.FromSeconds(7));
            await standalone.KillAsync();
            await standalone.StartAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(senders);
        await journal.CheckAsync(MaxWait);
        await Eventually.That(
            () => Read(folder.Path).Count >= journal.Acknowledged, TimeSpan.FromSeconds(90), "the last minute is archived");

        var archived = Read(folder.Path);
        Assert.That(archived, Is.Unique.And.Count.EqualTo(journal.Acknowledged));
        Assert.That(archived, Is.EquivalentTo(journal.Ids));
    }

    /// <summary>The ids in all closed files, whose checksums are right.</summary>
    private static List<string> Read(string folder)
    {
        var ids = new List<string>();
        foreach (var manifest in Directory.GetFiles(folder, "*.manifest.json", SearchOption.AllDirectories))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
            var content = File.ReadAllBytes(Path.Combine(folder, document.RootElement.GetProperty("file").GetString()!));
            Assert.That(
                Convert.ToHexStringLower(SHA256.HashData(content)), Is.EqualTo(document.RootElement.GetProperty("sha256").GetString()));
            var lines = System.Text.Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines, Has.Length.EqualTo(document.RootElement.GetProperty("entries").GetInt32()));
            ids.AddRange(lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("eventId").GetString()!));
        }

        return ids;
    }
}
