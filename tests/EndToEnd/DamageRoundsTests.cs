using System.Net;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>
/// Bytes damaged at random in a stopped service's files: told by name, or without effect; never a defect, never a silent loss.
/// </summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class DamageRoundsTests
{
    private const int Timers = 300;
    private static readonly string[] Damages =
    [
        "a byte of the file", "a page of the file", "a byte of the log", "an empty file", "no file", "a byte of the journal",
        "somebody else's journal",
    ];

    [Test]
    public async Task Damage_is_told_by_name_or_has_no_effect()
    {
        var rounds = Math.Max(Damages.Length, Rounds.Embedded);
        var random = new Random(20261128);
        var told = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var standalone = await StandaloneProcess.StartNewAsync();
            var journal = new Journal(standalone.Http);
            await journal.CreateBatchAsync(Timers, i => new { url = "http://127.0.0.1:2/hook", delay = "PT5H", tags = new[] { $"t{i}" } });
            var ids = journal.Acknowledged.Select(each => each.Id!).ToList();
            var file = new FileInfo(Path.Combine(standalone.Folder, "data", "timers.db"));
            await Eventually.That(
                () =>
                {
                    file.Refresh();
                    return file.Length > 100_000;
                },
                TimeSpan.FromSeconds(30),
                "the log is copied into the file");
            await standalone.KillAsync();
            var damage = Damages[round % Damages.Length];
            Damage(standalone, damage, random);

            await standalone.StartAsync(wait: false);

            told += await IsToldAsync(standalone, ids, $"round {round}, {damage}") ? 1 : 0;
        }

        FaultReport.Note($"(20) damaged files, {told} told and {rounds - told} without effect", "embedded", rounds);
        Assert.That(told, Is.Positive);
    }

    /// <summary>What was answered is only in the journal, because another program holds the file when the service is killed.</summary>
    [Test]
    public async Task A_byte_flipped_in_the_journal_repeats_one_webhook_at_most()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var standalone = await StandaloneProcess.StartNewAsync();
        var journal = new Journal(standalone.Http);
        var due = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await journal.CreateBatchAsync(Timers, _ => new { url = receiver.At("/hook"), dueAt = due });
        var file = Path.Combine(standalone.Folder, "data", "timers.db");

        // They are claimed up to half a second before.
        await Eventually.That(
            () => TimeProvider.System.GetUtcNow() > due.AddMilliseconds(-150), TimeSpan.FromSeconds(30), "they are about to be due");
        using (var other = new SqliteConnection(file, readOnly: false))
        {
            other.Execute("BEGIN IMMEDIATE");
            await Eventually.That(() => receiver.Count >= Timers / 2, TimeSpan.FromSeconds(20), () => $"they arrive: {receiver.Count}");
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            await standalone.KillAsync();
        }

        var answered = receiver.Count;
        FlipInTheMiddle(file + OutcomeFile.Suffix);
        await standalone.StartAsync();
        await standalone.Http.AllFinishedAsync(Timers);

        Assert.That(standalone.Output, Does.Contain("[3006]").And.Contain("[4211]").And.Contain("timers.db-outcomes is damaged at byte"));
        FaultReport.Note("(20) a byte flipped in the journal, after a kill", "embedded", 1, answered, 0, receiver.Count - Timers);
        Assert.That(receiver.Count - Timers, Is.LessThanOrEqualTo(1), $"{answered} were answered before the kill");
    }

    private static void FlipInTheMiddle(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var segment = new byte[OutcomeFile.SegmentBytes];
        stream.ReadExactly(segment);
        var middle = Array.FindLastIndex(segment, each => each != 0) / 2;
        stream.Position = middle;
        stream.WriteByte((byte)(segment[middle] ^ 1));
    }

    private static void Damage(StandaloneProcess standalone, string damage, Random random)
    {
        var file = Path.Combine(standalone.Folder, "data", damage.Split(' ')[^1] switch
        {
            "log" => "timers.db-wal",
            "journal" => "timers.db-outcomes",
            _ => "timers.db",
        });
        switch (damage)
        {
            case "no file":
                File.Delete(file);
                return;
            case "somebody else's journal":
                File.WriteAllText(file, "what somebody else keeps here");
                return;
        }

        using var stream = new FileStream(file, damage == "an empty file" ? FileMode.Truncate : FileMode.Open, FileAccess.ReadWrite);
        if (stream.Length == 0)
        {
            return;
        }

        stream.Position = random.NextInt64(stream.Length);
        if (damage.StartsWith("a page", StringComparison.Ordinal))
        {
            stream.Position -= stream.Position % 4_096;
            var page = new byte[4_096];
            random.NextBytes(page);
            stream.Write(page);
            return;
        }

        var before = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)(before ^ (1 << random.Next(8))));
    }

    /// <returns>True if it does not start or is not ready, and says why; false if every timer is there.</returns>
    private static async Task<bool> IsToldAsync(StandaloneProcess standalone, List<string> ids, string context)
    {
        HttpStatusCode ready = default;
        await Eventually.That(
            async () => standalone.HasExited || await RespondsAsync(), TimeSpan.FromSeconds(60), () => $"{context}: it starts or ends");
        if (!standalone.HasExited)
        {
            var found = 0;
            foreach (var id in ids)
            {
                using var timer = await standalone.Http.GetAsync($"/api/v1/timers/{id}");
                Assert.That(timer.StatusCode, Is.Not.EqualTo(HttpStatusCode.InternalServerError), $"{context}\n{standalone.Output}");
                found += timer.StatusCode == HttpStatusCode.OK ? 1 : 0;
            }

            using var listed = await standalone.Http.GetAsync("/api/v1/timers?limit=1000");
            Assert.That(
                listed.StatusCode, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), $"{context}\n{standalone.Output}");
            await RespondsAsync();
            if (ready == HttpStatusCode.OK)
            {
                // A damaged key is another one, and SQLite has no checksums for its pages: what it cannot see, `timers check` may.
                Assert.That(found, Is.GreaterThanOrEqualTo(ids.Count - 1), $"{context}: silently lost\n{standalone.Output}");
                return false;
            }
        }
        else
        {
            await standalone.ExitedAsync();
            Assert.That(standalone.ExitCode, Is.EqualTo(2), $"{context}\n{standalone.Output}");
        }

        Assert.That(standalone.Output, Does.Contain("timers.db").Or.Contain("of the timers"), context);
        Assert.That(standalone.Output, Does.Not.Contain("at the moment").And.Not.Contain("   at "), context);
        return true;

        async Task<bool> RespondsAsync()
        {
            try
            {
                using var answer = await standalone.Http.GetAsync("/health/ready");
                ready = answer.StatusCode;
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
