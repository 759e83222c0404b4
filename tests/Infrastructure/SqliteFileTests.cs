using System.Diagnostics;
using Contracts.Timers;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Storage.Sqlite.Timers;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Who waits for whom at one file.</summary>
public sealed class SqliteFileTests
{
    private readonly ManualClock clock = new();
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
    public async Task Claims_do_not_wait_behind_clients_that_list()
    {
        await store.AddAsync([.. Enumerable.Range(0, 10_000).Select(_ => ATimer.New().DueAt(ManualClock.Noon.AddDays(9)).Build())], default);
        using var enough = new CancellationTokenSource();
        var listing = Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await store.ListAsync(new TimerQuery { State = TimerState.Succeeded, Limit = 1 }, default);
            }
        })).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(500));

        var started = Stopwatch.GetTimestamp();
        await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, ManualClock.Noon, 10, long.MaxValue), default);
        var took = Stopwatch.GetElapsedTime(started);

        await enough.CancelAsync();
        await Task.WhenAll(listing);
        Assert.That(took, Is.LessThan(TimeSpan.FromMilliseconds(400)));
    }

    private static TimerScheduled Large(int bytes) =>
        ATimer.New().WithSpec(spec => spec with { Headers = new Dictionary<string, string> { ["x"] = new('x', bytes) } }).Build();
}
