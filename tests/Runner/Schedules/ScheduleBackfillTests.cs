using Contracts.Schedules;
using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Runner.Schedules;

/// <summary>Skipped runs that are replayed, and past ranges, on real stores and with calls that are cut off.</summary>
public sealed class ScheduleBackfillTests
{
    private const int PerMinute = 600;
    private static readonly DateTimeOffset Noon = Clocks.Noon;
    private static readonly ScheduleWhen EveryMinute = new() { Every = "PT1M", Anchor = "2030-06-01T00:00:00Z" };
    private ScheduleBench bench = null!;

    [SetUp]
    public void Open() => bench = new ScheduleBench();

    [TearDown]
    public void Close() => bench.Dispose();

    [Test]
    public async Task Skipped_runs_are_replayed_once_under_the_ids_of_their_instants()
    {
        await SkipAsync(20);
        await BackfillAsync(Noon.AddMinutes(5), Noon.AddMinutes(9), isReplay: true);
        await PassAsync(10);

        var rows = await PastAsync();
        Assert.That(rows.Select(ScheduledFor), Is.EqualTo(Enumerable.Range(5, 5).Select(i => Noon.AddMinutes(i))));
        Assert.That(rows.Select(row => row.DueAt), Has.All.GreaterThanOrEqualTo(Noon.AddMinutes(20)), "now, not then");
        Assert.That(await EndedAsync(), Is.EqualTo((5, 0)));
        Assert.That((await bench.FoundAsync())!.Progress.Runs, Is.EqualTo(await OwnAsync()), "the schedule's own alone count");

        // A larger range, and after a change: what is there stays as it is.
        await ChangeAsync(each => each with { Webhook = each.Webhook with { Url = new Uri("http://127.0.0.1:2/other") } });
        await BackfillAsync(Noon, Noon.AddMinutes(20), isReplay: true);
        await PassAsync(20);

        Assert.That(await EndedAsync(), Is.EqualTo((14, 5)));
        Assert.That((await PastAsync()).Select(ScheduledFor), Is.EquivalentTo(Enumerable.Range(1, 19).Select(i => Noon.AddMinutes(i))));
        Assert.That((await PastAsync()).Select(row => row.Id), Is.Unique);
    }

    [Test]
    public async Task A_past_range_is_made_without_what_the_schedule_has_run_itself()
    {
        await SkipAsync(10);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await PassAsync(60);
        await BackfillAsync(Noon.AddMinutes(-3), bench.Time.GetUtcNow(), isReplay: false);
        await PassAsync(10);

        // Three before the schedule, that of its creation, and nine skipped ones.
        Assert.That((await PastAsync()).Select(ScheduledFor), Is.EqualTo(Enumerable.Range(-3, 13).Select(i => Noon.AddMinutes(i))));
        Assert.That(await EndedAsync(), Is.EqualTo((13, 0)));
        Assert.That((await bench.FoundAsync())!.Progress.Runs, Is.EqualTo(await OwnAsync()).And.GreaterThan(1));
        Assert.That(
            (await bench.TimersAsync()).Select(ScheduledFor), Is.Unique, "no instant has two timers, whoever has made them");
    }

    [Test]
    public async Task Runs_come_at_the_rate_and_an_outage_makes_no_burst()
    {
        await SkipAsync(60);
        await BackfillAsync(Noon, Noon.AddMinutes(60), isReplay: true, perMinute: 30);
        await PassAsync(5);
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        await PassAsync(130);

        var due = (await PastAsync()).Select(row => row.DueAt).Order().ToList();
        Assert.That(due, Has.Count.EqualTo(59));
        Assert.That(due.Zip(due.Skip(1), (one, next) => next - one), Has.All.GreaterThanOrEqualTo(TimeSpan.FromSeconds(2)));
        Assert.That(due.Count(at => at > Noon.AddMinutes(70)), Is.GreaterThan(50));
    }

    [Test]
    public async Task A_pause_holds_it_up_and_a_stop_ends_it()
    {
        await SkipAsync(60);
        await BackfillAsync(Noon, Noon.AddMinutes(60), isReplay: true, perMinute: 60);
        await PassAsync(3);
        await WriteAsync(each => bench.Planner.Pause(each, null, null, bench.Time.GetUtcNow()));
        await PassAsync(2);
        var made = (await PastAsync()).Count;
        await PassAsync(10);
        Assert.That(((await PastAsync()).Count, made > 0), Is.EqualTo((made, true)));

        await WriteAsync(each => bench.Planner.Resume(each, bench.Time.GetUtcNow()));
        await PassAsync(5);
        Assert.That((await PastAsync()).Count, Is.GreaterThan(made));
        await WriteAsync(each => bench.Planner.StopBackfill(each, bench.Time.GetUtcNow()));
        made = (await PastAsync()).Count;
        await PassAsync(10);
        Assert.That((await PastAsync()).Count, Is.EqualTo(made));
        Assert.That((await bench.FoundAsync())!.Progress.Backfill!.EndedAt, Is.Not.Null);
    }

    [Test]
    public async Task Where_runs_may_not_overlap_they_run_one_after_another()
    {
        await SkipAsync(10);
        await ChangeAsync(each => each with { Overlap = OverlapRule.Skip });
        await EndAllAsync();
        await BackfillAsync(Noon, Noon.AddMinutes(10), isReplay: true);
        for (var i = 0; i < 40; i++)
        {
            await PassAsync(1);
            var open = (await bench.TimersAsync()).Count(row => row.State == TimerState.Scheduled);
            Assert.That(open, Is.LessThanOrEqualTo(1));
            if (i % 2 == 1)
            {
                await EndAllAsync();
            }
        }

        Assert.That(await EndedAsync(), Is.EqualTo((9, 0)));
    }

    [Test]
    public async Task A_finished_schedule_is_backfilled_too()
    {
        await bench.PutAsync(EveryMinute with { EndAt = "2030-06-01T12:01:00Z" });
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        await PassAsync(2);
        Assert.That((await bench.FoundAsync())!.Progress.State, Is.EqualTo(ScheduleState.Finished));
        await BackfillAsync(Noon.AddMinutes(-5), Noon, isReplay: false);
        await PassAsync(5);

        Assert.That(await EndedAsync(), Is.EqualTo((6, 0)));
        Assert.That((await bench.FoundAsync())!.Progress.State, Is.EqualTo(ScheduleState.Finished));
    }

    [Test]
    public async Task Whatever_is_cut_off_each_instant_is_made_once()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            Close();
            Open();
            var random = new Random(seed);
            await SkipAsync(60);
            await BackfillAsync(Noon.AddMinutes(-60), Noon.AddMinutes(60), isReplay: false);
            for (var i = 0; i < 60; i++)
            {
                (bench.Cut.After, bench.Cut.IsBefore) = (random.Next(4), random.Next(2) == 0);
                try
                {
                    await PassAsync(1);
                }
                catch (StoreUnavailableException)
                {
                    // As by a kill: before a call, or behind one whose effect stays.
                }

                bench.Cut.After = null;
            }

            await PassAsync(10);
            Assert.That(
                (await PastAsync()).Select(ScheduledFor), Is.EqualTo(Enumerable.Range(-60, 120).Select(i => Noon.AddMinutes(i))),
                $"seed {seed}");
            Assert.That(await EndedAsync(), Is.EqualTo((120, 0)), $"seed {seed}");
        }
    }

    /// <summary>A schedule that has missed so many minutes but the last, and skips what it has missed.</summary>
    private async Task SkipAsync(int minutes)
    {
        await bench.PutAsync(EveryMinute);
        await ChangeAsync(each => each with { Misfire = MisfireRule.Skip });
        bench.Time.Advance(TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(1));
        await PassAsync(1);
        Assert.That((await bench.FoundAsync())!.Progress.Missed.Sum(each => each.Count), Is.EqualTo(minutes - 1));
    }

    private Task ChangeAsync(Func<ScheduleDefinition, ScheduleDefinition> change) =>
        WriteAsync(each => bench.Planner.Change(each, change(each.Definition), bench.Time.GetUtcNow(), out _)!);

    private Task BackfillAsync(DateTimeOffset from, DateTimeOffset to, bool isReplay, int perMinute = PerMinute) =>
        WriteAsync(each => bench.Planner.Backfill(each, from, to, perMinute, isReplay, bench.Time.GetUtcNow()));

    private async Task WriteAsync(Func<ScheduleRecord, ScheduleRecord> change)
    {
        var before = (await bench.FoundAsync())!;
        var after = change(before);
        Assert.That((await bench.Schedules.WriteAsync([new ScheduleWrite(before, after)], default))[0], Is.True);
        if (after.Progress.Withdrawing.Count > 0)
        {
            await bench.Occurrences.WithdrawAsync(after, default);
        }
    }

    private async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await bench.Pass.RunOnceAsync(default);
        }
    }

    private async Task EndAllAsync()
    {
        foreach (var row in (await bench.TimersAsync()).Where(row => row.State == TimerState.Scheduled))
        {
            var ended = row with { State = TimerState.Succeeded, Attempts = 1, NextAt = bench.Time.GetUtcNow(), Version = row.Version + 1 };
            Assert.That(await bench.Stored.TryReplaceAsync(row, ended, default), Is.True);
        }
    }

    /// <summary>What the backfill has made, in the order of its instants: timers that are due later than they are scheduled for.</summary>
    private async Task<List<TimerRecord>> PastAsync() =>
        [.. (await bench.TimersAsync()).Where(row => row.DueAt > ScheduledFor(row)).OrderBy(ScheduledFor)];

    private async Task<int> OwnAsync() => (await bench.TimersAsync()).Count(row => row.DueAt == ScheduledFor(row));

    private async Task<(int Made, int Existing)> EndedAsync()
    {
        var backfill = (await bench.FoundAsync())!.Progress.Backfill!;
        Assert.That(backfill.EndedAt, Is.Not.Null);
        return (backfill.Made, backfill.Existing);
    }

    private static DateTimeOffset ScheduledFor(TimerRecord row) => DateTimeOffset.Parse(
        row.Spec.Headers!["timer-scheduled-for"], System.Globalization.CultureInfo.InvariantCulture);
}
