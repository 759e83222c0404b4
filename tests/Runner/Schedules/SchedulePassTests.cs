using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>The Runner's pass over schedules, on real stores: what is cut off anywhere loses no run and makes none twice.</summary>
public sealed class SchedulePassTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private ScheduleBench bench = null!;

    [SetUp]
    public void Open() => bench = new ScheduleBench();

    [TearDown]
    public void Close() => bench.Dispose();

    [Test]
    public async Task Runs_become_timers_with_headers_that_say_what_they_are_of()
    {
        await bench.PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        await bench.Pass.RunOnceAsync(default);

        var rows = await bench.TimersAsync();
        Assert.That(rows.Select(row => row.DueAt), Is.EqualTo(new[] { 20, 40, 60 }.Select(s => Noon.AddSeconds(s))));
        var headers = rows[1].Spec.Headers!;
        Assert.That((headers["x"], headers["timer-schedule"], headers["timer-scheduled-for"], headers["timer-occurrence"]),
            Is.EqualTo(("own", "s", "2030-06-01T12:00:40.000Z", "2")));
        Assert.That(rows[1].Id, Does.Match("^schedule-[0-9a-f]{32}$"));
        Assert.That((await bench.FoundAsync())!.Progress.IsUnstored, Is.False);

        await bench.Pass.RunOnceAsync(default);
        Assert.That(await bench.TimersAsync(), Has.Count.EqualTo(3), "nothing is due");
    }

    [Test]
    public async Task Whatever_is_cut_off_loses_no_run_and_makes_none_twice()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Close();
            Open();
            var random = new Random(seed);
            await bench.PutAsync(new ScheduleWhen { Every = "PT7S", Anchor = "2030-06-01T12:00:00Z" });
            var webhook = 0;
            var end = Noon.AddMinutes(10);
            while (bench.Time.GetUtcNow() < end)
            {
                bench.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 40)));
                (bench.Cut.After, bench.Cut.IsBefore) = (random.Next(8), random.Next(2) == 0);
                try
                {
                    await bench.Pass.RunOnceAsync(default);
                    if (random.Next(4) == 0)
                    {
                        await ChangeAsync(++webhook);
                    }
                }
                catch (StoreUnavailableException)
                {
                    // As by a kill: before a call, or behind one whose effect stays.
                }

                bench.Cut.After = null;
            }

            for (var i = 0; i < 3; i++)
            {
                // What was begun is ended, and then it goes on.
                await bench.Pass.RunOnceAsync(default);
            }

            var made = (await bench.TimersAsync()).Where(row => row.State != TimerState.Cancelled && row.DueAt <= end).ToList();
            var expected = Enumerable.Range(1, 85).Select(i => Noon.AddSeconds(7 * i)).Where(at => at <= end).ToList();
            Assert.That(made.Select(row => row.DueAt), Is.EqualTo(expected), $"seed {seed}");
            Assert.That((await bench.FoundAsync())!.Progress.Runs, Is.GreaterThanOrEqualTo(made.Count));
        }
    }

    [Test]
    public async Task A_run_that_a_slow_Runner_stores_after_it_was_withdrawn_stays_cancelled()
    {
        await bench.PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        var before = (await bench.FoundAsync())!;
        var decided = bench.Planner.Advance(before, bench.Time.GetUtcNow())!;
        await bench.Schedules.WriteAsync([new ScheduleWrite(before, decided)], default);

        // The Runner has decided, and stores late: meanwhile the schedule is deleted.
        var deleting = SchedulePlanner.Delete(decided, bench.Time.GetUtcNow());
        await bench.Schedules.WriteAsync([new ScheduleWrite(decided, deleting)], default);
        var done = await bench.Occurrences.WithdrawAsync(deleting, default);
        Assert.That((done, await bench.FoundAsync()), Is.EqualTo((new ScheduleWrite(deleting, null), (ScheduleRecord?)null)));
        await bench.Occurrences.MakeAsync([decided], default);

        Assert.That((await bench.TimersAsync()).Select(row => row.State), Is.EqualTo(Enumerable.Repeat(TimerState.Cancelled, 3)));
    }

    [Test]
    public async Task A_run_that_is_being_sent_is_not_withdrawn_and_does_not_come_again()
    {
        await bench.PutAsync(new ScheduleWhen { Every = "PT20S", Anchor = "2030-06-01T12:00:00Z" });
        await bench.Pass.RunOnceAsync(default);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        var first = (await bench.TimersAsync())[0];
        await bench.Stored.TryReplaceAsync(
            first, first with { State = TimerState.Succeeded, Attempts = 1, NextAt = bench.Time.GetUtcNow(), Version = 2 }, default);
        await ChangeAsync(1);
        await bench.Pass.RunOnceAsync(default);

        var rows = await bench.TimersAsync();
        Assert.That(rows.Where(row => row.State == TimerState.Scheduled).Select(row => row.DueAt),
            Is.EqualTo(new[] { 40, 60 }.Select(s => Noon.AddSeconds(s))), "those behind it, anew");
        Assert.That(rows.Count(row => row.State == TimerState.Cancelled), Is.EqualTo(2));
    }

    /// <summary>As a PUT does it.</summary>
    private async Task ChangeAsync(int webhook)
    {
        var before = (await bench.FoundAsync())!;
        if (before.Progress.Withdrawing.Count > 0)
        {
            await bench.Occurrences.WithdrawAsync(before, default);
            return;
        }

        var after = bench.Planner.Change(before, ScheduleBench.Definition(before.Definition.When, webhook), bench.Time.GetUtcNow(), out _)!;
        if ((await bench.Schedules.WriteAsync([new ScheduleWrite(before, after)], default))[0] && after.Progress.Withdrawing.Count > 0)
        {
            await bench.Occurrences.WithdrawAsync(after, default);
        }
    }
}
