using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>Runs that are due while an earlier one is unfinished, on real stores and with calls that are cut off.</summary>
public sealed class ScheduleOverlapTests
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly ScheduleWhen EveryTenSeconds = new() { Every = "PT10S", Anchor = "2030-06-01T12:00:00Z" };
    private ScheduleBench bench = null!;

    [SetUp]
    public void Open() => bench = new ScheduleBench();

    [TearDown]
    public void Close() => bench.Dispose();

    [Test]
    public async Task Without_overlap_one_run_is_made_ahead_and_the_next_one_when_it_has_finished()
    {
        await bench.PutAsync(EveryTenSeconds, OverlapRule.Skip);
        await bench.Pass.RunOnceAsync(default);
        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10 }), "one ahead");

        await FinishAsync(11, TimerState.Succeeded);
        await ToAsync(15);
        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10, 20 }), "half-way, the next one is made ahead of its instant");
        Assert.That((await ProgressAsync()).Skipped, Is.Zero);
    }

    [Test]
    public async Task A_run_that_finishes_shortly_before_the_next_one_does_not_delay_it()
    {
        await bench.PutAsync(EveryTenSeconds, OverlapRule.Skip);
        await ToAsync(17);
        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10 }), "it is open still half-way");

        await FinishAsync(17, TimerState.Succeeded);
        await ToAsync(19);
        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10, 20 }), "the next one is made ahead of its instant");
    }

    [TestCase(OverlapRule.Allow, new[] { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 }, 0, 0)]
    [TestCase(OverlapRule.Skip, new[] { 10 }, 3, 0)]
    [TestCase(OverlapRule.BufferOne, new[] { 10 }, 2, 1)]
    [TestCase(OverlapRule.BufferAll, new[] { 10 }, 0, 3)]
    public async Task While_a_run_is_unfinished_others_run_wait_or_are_skipped(OverlapRule rule, int[] made, int skipped, int buffered)
    {
        await bench.PutAsync(EveryTenSeconds, rule);
        await ToAsync(41);

        var progress = await ProgressAsync();
        Assert.That((await DueAsync(), progress.Skipped, progress.Buffered.Count), Is.EqualTo((made, skipped, buffered)));
        Assert.That(progress.Missed.Select(each => each.Reason), Has.All.EqualTo(MissReason.Overlap));
        Assert.That(progress.Missed.Sum(each => each.Count), Is.EqualTo(skipped));
    }

    [Test]
    public async Task What_waits_runs_one_after_another_in_its_order()
    {
        await bench.PutAsync(EveryTenSeconds with { MaxRuns = 4 }, OverlapRule.BufferAll);
        await ToAsync(61);
        Assert.That(((await DueAsync()).Length, (await ProgressAsync()).State), Is.EqualTo((1, ScheduleState.Active)), "three wait");

        for (var second = 62; second < 130; second += 15)
        {
            await FinishAsync(second, TimerState.Failed);
            await ToAsync(second + 12);
        }

        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10, 20, 30, 40 }));
        var progress = await ProgressAsync();
        Assert.That((progress.State, progress.Ended, progress.Skipped), Is.EqualTo(
            (ScheduleState.Finished, (ScheduleEnd?)ScheduleEnd.MaxRuns, 0)));
        Assert.That(progress.Recent.Select(run => run.Number), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public async Task A_run_that_waits_for_its_retry_is_cancelled_for_the_next_one_at_its_instant()
    {
        await bench.PutAsync(EveryTenSeconds, OverlapRule.CancelOther);
        await ToAsync(12);
        var first = (await bench.TimersAsync())[0];
        await bench.Stored.TryReplaceAsync(
            first, first with { Attempts = 1, NextAt = Noon.AddHours(1), Version = first.Version + 1 }, default);
        await ToAsync(20);

        Assert.That((await bench.TimersAsync()).Select(row => row.State),
            Is.EqualTo(new[] { TimerState.Cancelled, TimerState.Scheduled }), "without waiting for another pass");
    }

    [Test]
    public async Task A_run_that_is_being_sent_is_told_to_end_and_the_last_one_takes_its_place()
    {
        await bench.PutAsync(EveryTenSeconds, OverlapRule.CancelOther);
        await ToAsync(11);
        var first = (await bench.TimersAsync())[0];
        var armed = first with { State = TimerState.Armed, Claim = new ClaimToken(7), Version = 2 };
        Assert.That(await bench.Stored.TryReplaceAsync(first, armed, default), Is.True);
        await ToAsync(31);

        var told = (await bench.TimersAsync()).Single();
        Assert.That((told.State, told.Pending), Is.EqualTo((TimerState.Armed, PendingCommand.Cancel)));
        Assert.That((await ProgressAsync()).Buffered, Is.EqualTo(new[] { Noon.AddSeconds(30) }));
        Assert.That((await ProgressAsync()).Missed.Single(), Is.EqualTo(
            new MissedRuns(Noon.AddSeconds(20), Noon.AddSeconds(20), 1, MissReason.Overlap)));

        await bench.Stored.TryReplaceAsync(
            told,
            told with { State = TimerState.Cancelled, Claim = null, Pending = PendingCommand.None, Version = told.Version + 1 }, default);
        await ToAsync(34);
        Assert.That(await DueAsync(), Is.EqualTo(new[] { 10, 30 }));
    }

    [Test]
    public async Task A_run_that_somebody_asks_for_starts_at_once_and_the_next_one_does_not_overlap_with_it()
    {
        await bench.PutAsync(EveryTenSeconds, OverlapRule.Skip);
        await bench.Pass.RunOnceAsync(default);
        var before = (await bench.FoundAsync())!;
        var asked = bench.Planner.RunNow(before, Noon.AddSeconds(1));
        Assert.That(asked.Progress.Withdrawing.Select(run => run.ScheduledFor), Is.EqualTo(new[] { Noon.AddSeconds(10) }));
        await bench.Schedules.WriteAsync([new ScheduleWrite(before, asked)], default);
        await ToAsync(11);

        var rows = await bench.TimersAsync();
        Assert.That(rows.Single(row => row.State == TimerState.Scheduled).DueAt, Is.EqualTo(Noon.AddSeconds(1)));
        Assert.That((await ProgressAsync()).Missed.Single().Reason, Is.EqualTo(MissReason.Overlap));
    }

    [TestCase(OverlapRule.BufferAll)]
    [TestCase(OverlapRule.BufferOne)]
    [TestCase(OverlapRule.Skip)]
    [TestCase(OverlapRule.CancelOther)]
    public async Task Whatever_is_cut_off_each_instant_runs_once_or_is_counted_and_no_two_are_open(OverlapRule rule)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            Close();
            Open();
            var random = new Random(seed);
            await bench.PutAsync(EveryTenSeconds with { Every = "PT7S", EndAt = "2030-06-01T12:05:00Z" }, rule);
            while (bench.Time.GetUtcNow() < Noon.AddMinutes(20))
            {
                bench.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 12)));
                (bench.Cut.After, bench.Cut.IsBefore) = (random.Next(6), random.Next(2) == 0);
                try
                {
                    await bench.Pass.RunOnceAsync(default);
                }
                catch (StoreUnavailableException)
                {
                    // As by a kill: before a call, or behind one whose effect stays.
                }

                bench.Cut.After = null;
                var open = (await bench.TimersAsync()).Where(row => row.State == TimerState.Scheduled).ToList();
                Assert.That(open, Has.Count.LessThanOrEqualTo(1), $"seed {seed}");
                if (open is [var due] && due.DueAt <= bench.Time.GetUtcNow() && random.Next(3) > 0)
                {
                    await EndAsync(due, TimerState.Succeeded);
                }
            }

            var (runs, progress) = (await DueAsync(), await ProgressAsync());
            var instants = Enumerable.Range(1, 42).Select(i => 7 * i).ToArray();
            Assert.That(runs, Is.Unique.And.SubsetOf(instants));
            Assert.That(runs.Length + progress.Skipped, Is.EqualTo(instants.Length), $"seed {seed}");
            Assert.That(progress.Skipped, rule == OverlapRule.BufferAll ? Is.Zero : Is.GreaterThan(0), $"seed {seed}");
            Assert.That((progress.State, progress.Runs), Is.EqualTo((ScheduleState.Finished, runs.Length)));
        }
    }

    /// <summary>Passes each second up to this one.</summary>
    private async Task ToAsync(int second)
    {
        while (bench.Time.GetUtcNow() < Noon.AddSeconds(second))
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await bench.Pass.RunOnceAsync(default);
        }
    }

    /// <summary>Has what is due by this second end.</summary>
    private async Task FinishAsync(int second, TimerState state)
    {
        await ToAsync(second);
        var due = Noon.AddSeconds(second);
        foreach (var row in (await bench.TimersAsync()).Where(row => row.State == TimerState.Scheduled && row.DueAt <= due))
        {
            await EndAsync(row, state);
        }
    }

    /// <summary>By way of a claim, as the table of transitions wants it.</summary>
    private async Task EndAsync(TimerRecord row, TimerState state)
    {
        var armed = row with { State = TimerState.Armed, Claim = new ClaimToken(7), Version = row.Version + 1 };
        var ended = armed with
        {
            State = state,
            Claim = null,
            Attempts = 1,
            NextAt = bench.Time.GetUtcNow(),
            Version = armed.Version + 1,
        };
        Assert.That(await bench.Stored.TryReplaceAsync(row, armed, default), Is.True);
        Assert.That(await bench.Stored.TryReplaceAsync(armed, ended, default), Is.True);
    }

    private async Task<int[]> DueAsync() =>
        [.. (await bench.TimersAsync()).Select(row => (int)(row.DueAt - Noon).TotalSeconds)];

    private async Task<ScheduleProgress> ProgressAsync() => (await bench.FoundAsync())!.Progress;
}
