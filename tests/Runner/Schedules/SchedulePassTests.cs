using Contracts.Messaging;
using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Schedules;
using Infrastructure.Schedules.Sqlite;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers;
using Infrastructure.Timers.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Schedules;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>The Runner's pass over schedules, on real stores: what is cut off anywhere loses no run and makes none twice.</summary>
public sealed class SchedulePassTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private FakeTimeProvider time = null!;
    private SqliteFile file = null!;
    private CutStore schedules = null!;
    private SqliteTimerStore stored = null!;
    private CutTimers timers = null!;
    private ScheduleTimers occurrences = null!;
    private SchedulePlanner planner = null!;
    private SchedulePass pass = null!;
    private ServiceProvider services = null!;
    private Cut cut = null!;

    [SetUp]
    public void Open()
    {
        time = Clocks.AtNoon();
        file = new SqliteFile(":memory:", ScheduleSchema.Apply);
        cut = new Cut();
        schedules = new CutStore(new SqliteScheduleStore(file), cut);
        stored = new SqliteTimerStore(":memory:", time);
        timers = new CutTimers(stored, cut);
        planner = new SchedulePlanner(ScheduleZones.Embedded, TimeSpan.FromMinutes(1));
        services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new HandClock(time);
        occurrences = new ScheduleTimers(
            schedules, timers, new PlainSealer(), planner, clock, new RecordedNotices(), NullLogger<ScheduleTimers>.Instance);
        pass = new SchedulePass(
            schedules, occurrences, planner, new EveryShard(), clock,
            ActivatorUtilities.CreateInstance<ScheduleMetrics>(services), new Random(1), NullLogger<SchedulePass>.Instance);
    }

    [TearDown]
    public void Close()
    {
        services.Dispose();
        timers.Dispose();
        stored.Dispose();
        file.Dispose();
    }

    [Test]
    public async Task Runs_become_timers_with_headers_that_say_what_they_are_of()
    {
        await PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        await pass.RunOnceAsync(default);

        var rows = await TimersAsync();
        Assert.That(rows.Select(row => row.DueAt), Is.EqualTo(new[] { 20, 40, 60 }.Select(s => Noon.AddSeconds(s))));
        var headers = rows[1].Spec.Headers!;
        Assert.That((headers["x"], headers["timer-schedule"], headers["timer-scheduled-for"], headers["timer-occurrence"]),
            Is.EqualTo(("own", "s", "2030-06-01T12:00:40.000Z", "2")));
        Assert.That(rows[1].Id, Does.Match("^schedule-[0-9a-f]{32}$"));
        Assert.That((await FoundAsync())!.Progress.IsUnstored, Is.False);

        await pass.RunOnceAsync(default);
        Assert.That(await TimersAsync(), Has.Count.EqualTo(3), "nothing is due");
    }

    [Test]
    public async Task Whatever_is_cut_off_loses_no_run_and_makes_none_twice()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Close();
            Open();
            var random = new Random(seed);
            await PutAsync(new ScheduleWhen { Every = "PT7S", Anchor = "2030-06-01T12:00:00Z" });
            var webhook = 0;
            var end = Noon.AddMinutes(10);
            while (time.GetUtcNow() < end)
            {
                time.Advance(TimeSpan.FromSeconds(random.Next(1, 40)));
                (cut.After, cut.IsBefore) = (random.Next(8), random.Next(2) == 0);
                try
                {
                    await pass.RunOnceAsync(default);
                    if (random.Next(4) == 0)
                    {
                        await ChangeAsync(++webhook);
                    }
                }
                catch (StoreUnavailableException)
                {
                    // As by a kill: before a call, or behind one whose effect stays.
                }

                cut.After = null;
            }

            for (var i = 0; i < 3; i++)
            {
                // What was begun is ended, and then it goes on.
                await pass.RunOnceAsync(default);
            }

            var made = (await TimersAsync()).Where(row => row.State != TimerState.Cancelled && row.DueAt <= end).ToList();
            var expected = Enumerable.Range(1, 85).Select(i => Noon.AddSeconds(7 * i)).Where(at => at <= end).ToList();
            Assert.That(made.Select(row => row.DueAt), Is.EqualTo(expected), $"seed {seed}");
            Assert.That((await FoundAsync())!.Progress.Runs, Is.GreaterThanOrEqualTo(made.Count));
        }
    }

    [Test]
    public async Task A_run_that_a_slow_Runner_stores_after_it_was_withdrawn_stays_cancelled()
    {
        await PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        var before = (await FoundAsync())!;
        var decided = planner.Advance(before, time.GetUtcNow())!;
        await schedules.WriteAsync([new ScheduleWrite(before, decided)], default);

        // The Runner has decided, and stores late: meanwhile the schedule is deleted.
        var deleting = SchedulePlanner.Delete(decided, time.GetUtcNow());
        await schedules.WriteAsync([new ScheduleWrite(decided, deleting)], default);
        var done = await occurrences.WithdrawAsync(deleting, default);
        Assert.That((done, await FoundAsync()), Is.EqualTo((new ScheduleWrite(deleting, null), (ScheduleRecord?)null)));
        await occurrences.MakeAsync([decided], default);

        Assert.That((await TimersAsync()).Select(row => row.State), Is.EqualTo(Enumerable.Repeat(TimerState.Cancelled, 3)));
    }

    [Test]
    public async Task A_run_that_is_being_sent_is_not_withdrawn_and_does_not_come_again()
    {
        await PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        await pass.RunOnceAsync(default);
        time.Advance(TimeSpan.FromSeconds(10));
        var first = (await TimersAsync())[0];
        await stored.TryReplaceAsync(
            first, first with { State = TimerState.Succeeded, Attempts = 1, NextAt = time.GetUtcNow(), Version = 2 }, default);
        await ChangeAsync(1);
        await pass.RunOnceAsync(default);

        var rows = await TimersAsync();
        Assert.That(rows.Where(row => row.State == TimerState.Scheduled).Select(row => row.DueAt),
            Is.EqualTo(new[] { 40, 60 }.Select(s => Noon.AddSeconds(s))), "those behind it, anew");
        Assert.That(rows.Count(row => row.State == TimerState.Cancelled), Is.EqualTo(2));
    }

    private async Task PutAsync(ScheduleWhen when)
    {
        var record = planner.Create("default", "s", Definition(when, 0), time.GetUtcNow(), out _);
        await schedules.WriteAsync([new ScheduleWrite(null, record)], default);
    }

    /// <summary>As a PUT does it.</summary>
    private async Task ChangeAsync(int webhook)
    {
        var before = (await FoundAsync())!;
        if (before.Progress.Withdrawing.Count > 0)
        {
            await occurrences.WithdrawAsync(before, default);
            return;
        }

        var after = planner.Change(before, Definition(before.Definition.When, webhook), time.GetUtcNow(), out _)!;
        if ((await schedules.WriteAsync([new ScheduleWrite(before, after)], default))[0] && after.Progress.Withdrawing.Count > 0)
        {
            await occurrences.WithdrawAsync(after, default);
        }
    }

    private static ScheduleDefinition Definition(ScheduleWhen when, int webhook) => new()
    {
        When = when,
        Misfire = MisfireRule.All,
        Webhook = new TimerSpec
        {
            Url = new Uri($"http://127.0.0.1:2/{webhook}"),
            Headers = new Dictionary<string, string> { ["x"] = "own" },
        },
    };

    private Task<ScheduleRecord?> FoundAsync() => schedules.FindAsync("default", "s", default);

    private async Task<List<TimerRecord>> TimersAsync() =>
        [.. (await stored.ListAsync(new TimerQuery { Tenant = "default", Limit = 1_000 }, default)).Items.OrderBy(row => row.DueAt)];

    /// <summary>Cuts a call off, before it or behind it, after so many.</summary>
    private sealed class Cut
    {
        public int? After { get; set; }

        public bool IsBefore { get; set; }

        public async Task<T> TryAsync<T>(Func<Task<T>> call)
        {
            var isCut = After is { } left && (After = left - 1) < 0;
            if (isCut && IsBefore)
            {
                throw new StoreUnavailableException(WriteOutcome.Unknown, "Cut off before.");
            }

            var result = await call();
            return isCut ? throw new StoreUnavailableException(WriteOutcome.Unknown, "Cut off behind.") : result;
        }
    }

    private sealed class CutStore(IScheduleStore store, Cut cut) : IScheduleStore
    {
        public Task<ScheduleRecord?> FindAsync(string tenant, string name, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, name, cancellationToken);

        public Task<SchedulePage> ListAsync(ScheduleQuery query, CancellationToken cancellationToken) =>
            store.ListAsync(query, cancellationToken);

        public Task<IReadOnlyList<ScheduleRecord>> FindDueAsync(
            IReadOnlyList<int>? shards, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
            store.FindDueAsync(shards, until, limit, cancellationToken);

        public Task<IReadOnlyList<bool>> WriteAsync(IReadOnlyList<ScheduleWrite> writes, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.WriteAsync(writes, cancellationToken));
    }

    private sealed class CutTimers(SqliteTimerStore store, Cut cut) : FaultyTimerStore
    {
        public override Task AddAsync(IReadOnlyList<Received<TimerScheduled>> created, CancellationToken cancellationToken) =>
            cut.TryAsync(async () =>
            {
                await store.AddAsync(created, cancellationToken);
                return true;
            });

        public override Task<IReadOnlyList<TimerRecord>> FindAsync(
            string tenant, IReadOnlyList<Guid> keys, CancellationToken cancellationToken) =>
            store.FindAsync(tenant, keys, cancellationToken);

        public override Task<bool> TryReplaceAsync(TimerRecord read, TimerRecord changed, CancellationToken cancellationToken) =>
            cut.TryAsync(() => store.TryReplaceAsync(read, changed, cancellationToken));
    }

    private sealed class PlainSealer : ITimerSealer
    {
        public TimerSpec Seal(string tenant, Guid key, TimerSpec spec) => spec;

        public TimerSpec? Open(string tenant, Guid key, TimerSpec spec) => spec;
    }

    private sealed class HandClock(TimeProvider time) : IStoreClock
    {
        public DateTimeOffset Now => time.GetUtcNow();
    }
}
