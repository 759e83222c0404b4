using System.Diagnostics;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Who waits for whom at one file.</summary>
[NonParallelizable]
public sealed class SqliteFileTests
{
    private readonly FakeTimeProvider clock = Clocks.AtNoon();
    private TemporaryFolder folder = null!;
    private SqliteTimerStore store = null!;

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        store = new SqliteTimerStore(folder.File("timers.db"), clock);
    }

    [TearDown]
    public void Close()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Writes_do_not_wait_for_a_long_read_from_outside_when_the_log_is_long()
    {
        await store.AddAsync([ATimer.New().Build()], default);
        using var outside = new SqliteConnection(folder.File("timers.db"), readOnly: true);
        outside.Execute("BEGIN; SELECT count(*) FROM timers");
        for (var i = 0; new FileInfo(folder.File("timers.db-wal")).Length < 68 << 20; i++)
        {
            await store.AddAsync([.. Enumerable.Range(0, 20).Select(_ => Large(200_000))], default);
        }

        var maintaining = store.MaintainAsync(clock.GetUtcNow(), default);
        var longest = TimeSpan.Zero;
        while (!maintaining.IsCompleted)
        {
            var started = Stopwatch.GetTimestamp();
            await store.AddAsync([ATimer.New().Build()], default);
            var took = Stopwatch.GetElapsedTime(started);
            longest = took > longest ? took : longest;
        }

        Assert.That(longest, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public async Task What_is_purged_is_overwritten_and_its_space_comes_back()
    {
        const int Count = 20_000;
        var secret = new string('x', 500) + "a secret";
        await store.AddAsync(
            [.. Enumerable.Range(0, Count).Select(_ => ATimer.New().WithSpec(spec => spec with { OwnId = secret }).Build())], default);
        var claimed = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, clock.GetUtcNow(), Count, long.MaxValue), default);
        await store.RecordAsync([.. claimed.Select(timer => Outcomes.Succeeded(timer))], default);
        await store.File.CheckpointAsync(default);
        var full = new FileInfo(folder.File("timers.db")).Length;
        Assert.That(await ContainsAsync(folder.File("timers.db"), "a secret"), Is.True);

        while (await store.PurgeAsync(DateTimeOffset.MaxValue, 1_000, default) > 0)
        {
            // The next thousand.
        }

        await store.File.ShrinkAsync(default);
        store.Dispose();

        Assert.That(new FileInfo(folder.File("timers.db")).Length, Is.LessThan(full / 2));
        Assert.That(await ContainsAsync(folder.File("timers.db"), "a secret"), Is.False);
    }

    [Test]
    public async Task Reads_of_the_runner_do_not_wait_behind_those_of_clients()
    {
        using var file = new SqliteFile(folder.File("other.db"), _ => { });
        using var gate = new ManualResetEventSlim();
        var clients = Enumerable.Range(0, 16)
            .Select(_ => Task.Factory.StartNew(
                () => file.ReadAsync(_ => { gate.Wait(); return true; }, default), default, TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap())
            .ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(300));

        var looked = file.ReadForRunnerAsync(_ => true, default);
        var first = await Task.WhenAny(looked, Task.Delay(TimeSpan.FromSeconds(5)));

        gate.Set();
        await Task.WhenAll(clients);
        Assert.That(first, Is.SameAs(looked));
    }

    [Test]
    public async Task A_file_keeps_its_pages_whatever_it_is_made_for_later()
    {
        const string Schema = "CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY)";
        var path = folder.File("numbers.db");
        foreach (var (tuning, rows) in new[] { (SqliteTuning.Prompt, 1L), (SqliteTuning.ManySmallRows, 2L) })
        {
            using var file = new SqliteFile(path, connection => connection.Execute(Schema), tuning: tuning);
            await file.Writer.RunAsync(
                WritePriority.Ingest, 1, connection => connection.Statement("INSERT INTO numbers VALUES (NULL)").Run(), default);
            await file.CheckpointAsync(default);

            Assert.That(await ReadAsync(file, "PRAGMA page_size"), Is.EqualTo(4_096));
            Assert.That(await ReadAsync(file, "SELECT count(*) FROM numbers"), Is.EqualTo(rows));
            Assert.That(file.Fault, Is.Null);
        }

        using var small = new SqliteFile(
            folder.File("small.db"), connection => connection.Execute(Schema), tuning: SqliteTuning.ManySmallRows);
        Assert.That(await ReadAsync(small, "PRAGMA page_size"), Is.EqualTo(1_024));

        static Task<long> ReadAsync(SqliteFile file, string sql) => file.ReadAsync(
            connection =>
            {
                var row = connection.Statement(sql);
                var value = row.Step() ? row.Int64(0) : -1;
                row.Reset();
                return value;
            },
            default);
    }

    private static async Task<bool> ContainsAsync(string file, string text) =>
        (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;

    private static TimerScheduled Large(int bytes) =>
        ATimer.New().WithSpec(spec => spec with { Headers = new Dictionary<string, string> { ["x"] = new('x', bytes) } }).Build();
}
