using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class DueTimersContract
{
    [TestCase(false, true)]
    [TestCase(true, false)]
    public async Task ReclaimAsync_of_an_armed_timer_offers_it_again_and_marks_what_may_still_arrive(bool parked, bool mayStillArrive)
    {
        // Under the park policy nothing is sent before it is marked, so an armed one certainly was not.
        var armed = await ArmAsync(parked ? ATimer.New().Parked() : ATimer.New());

        Assert.That(await Due.ReclaimAsync(Noon, default), Is.EqualTo(1));

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.NextAt, row.MayStillArrive), Is.EqualTo((TimerState.Scheduled, Noon, mayStillArrive)));
        Assert.That((await ClaimAsync(Noon)).Single().Token, Is.Not.EqualTo(armed.Token));
    }

    [Test]
    public async Task ReclaimAsync_of_a_timer_being_sent_makes_it_ambiguous_and_keeps_its_token()
    {
        var sending = await SendAsync();

        await Due.ReclaimAsync(Noon.AddSeconds(1), default);

        var row = await FindAsync(sending.Key);
        Assert.That((row.State, row.Claim, row.MayStillArrive), Is.EqualTo((TimerState.Ambiguous, (ClaimToken?)sending.Token, true)));
        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
    }

    [TestCase(PendingCommand.Cancel, false, TimerState.Cancelled)]
    [TestCase(PendingCommand.Pause, false, TimerState.Paused)]
    [TestCase(PendingCommand.Cancel, true, TimerState.Cancelled)]
    public async Task ReclaimAsync_applies_a_recorded_command(PendingCommand command, bool sending, TimerState expected)
    {
        var claimed = sending ? await SendAsync() : await ArmAsync();
        await CommandAsync(claimed.Key, command);

        await Due.ReclaimAsync(Noon, default);

        var row = await FindAsync(claimed.Key);
        Assert.That((row.State, row.Pending, row.MayStillArrive), Is.EqualTo((expected, PendingCommand.None, true)));
    }

    [Test]
    public async Task ReclaimAsync_takes_back_thousands_and_leaves_what_is_not_claimed()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 1_200).Select(_ => ATimer.New().Build())], default);
        await ClaimAsync(Noon, limit: 1_100);

        Assert.That(await Due.ReclaimAsync(Noon, default), Is.EqualTo(1_100));
        Assert.That(await Due.ReclaimAsync(Noon, default), Is.Zero);
        Assert.That(await ClaimAsync(Noon, limit: 2_000), Has.Count.EqualTo(1_200));
    }

    [Test]
    public async Task ReclaimAsync_after_reopening_takes_back_the_claims_of_before()
    {
        var armed = await ArmAsync();

        Storage.Reopen();

        Assert.That(await Due.ReclaimAsync(Noon, default), Is.EqualTo(1));
        Assert.That((await ClaimAsync(Noon)).Single().WebhookId, Is.EqualTo(armed.WebhookId));
    }

    [Test]
    public async Task PurgeAsync_deletes_finished_timers_with_their_attempts_and_tags()
    {
        var armed = await ArmAsync(ATimer.New().WithTags("gone"));
        await Due.RecordAsync([armed.Succeeded()], default);

        Assert.That(await Due.PurgeAsync(Noon.AddMilliseconds(1), 10, default), Is.EqualTo(1));

        Assert.That(await FindOrNullAsync(armed.Key), Is.Null);
        Assert.That(await Store.FindAttemptsAsync(armed.Key, default), Is.Empty);
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["gone"] }, default)).Items, Is.Empty);
        Assert.That((await Store.CountAsync(default)).ByState, Is.Empty);
    }

    [Test]
    public async Task PurgeAsync_leaves_nothing_behind_that_a_new_timer_would_inherit()
    {
        // A store may give a purged row's place to the next timer.
        var armed = await ArmAsync(ATimer.New().WithTags("old"));
        await Due.RecordAsync([armed.Failed()], default);
        await Due.PurgeAsync(Noon.AddDays(1), 10, default);

        var next = await AddAsync(ATimer.New());

        Assert.That(await Store.FindAttemptsAsync(next.Key, default), Is.Empty);
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["old"] }, default)).Items, Is.Empty);
    }

    [Test]
    public async Task PurgeAsync_leaves_what_finished_later_and_what_has_not_finished()
    {
        var finished = await ArmAsync();
        await Due.RecordAsync([finished.Succeeded()], default);
        var armed = await ArmAsync();
        var ambiguous = await SendAsync();
        await Due.RecordAsync([ambiguous.Ambiguous()], default);
        await AddAsync(ATimer.New());

        Assert.That(await Due.PurgeAsync(Noon, 10, default), Is.Zero, "It finished at noon, not before.");
        Assert.That(await Due.PurgeAsync(Noon.AddYears(9), 10, default), Is.EqualTo(1));
        Assert.That(await FindOrNullAsync(armed.Key), Is.Not.Null);
        Assert.That(await FindOrNullAsync(ambiguous.Key), Is.Not.Null);
    }

    [Test]
    public async Task PurgeAsync_deletes_up_to_the_limit_those_that_finished_first()
    {
        var finished = new List<Guid>();
        for (var minute = 0; minute < 4; minute++)
        {
            var armed = await ArmAsync();
            await Due.RecordAsync([armed.Succeeded() with { NextAt = Noon.AddMinutes(-minute) }], default);
            finished.Add(armed.Key);
        }

        Assert.That(await Due.PurgeAsync(Noon.AddDays(1), 3, default), Is.EqualTo(3));

        Assert.That((await Store.ListAsync(new TimerQuery(), default)).Items.Select(row => row.Key), Is.EqualTo([finished[0]]));
    }

    [Test]
    public async Task PurgeAsync_counts_the_retention_of_a_timer_cancelled_during_an_attempt_from_the_end_of_the_attempt()
    {
        var armed = await ArmAsync();
        await CommandAsync(armed.Key, PendingCommand.Cancel);

        await Due.RecordAsync([armed.Retried(Noon.AddDays(7))], default);

        Assert.That(await Due.PurgeAsync(Noon.AddMinutes(1), 10, default), Is.EqualTo(1));
    }

    [Test]
    public async Task MaintainAsync_makes_far_timers_claimable_in_time()
    {
        await AddAsync(ATimer.New().DueAt(Noon.AddDays(10)));

        // As the job does it: from time to time, while the days go by.
        while (Clock.GetUtcNow() < Noon.AddDays(10))
        {
            Clock.Advance(TimeSpan.FromHours(7));
            await MaintainAllAsync();
        }

        Assert.That(await ClaimAsync(Noon.AddDays(10).AddMilliseconds(-1)), Is.Empty);
        Assert.That(await ClaimAsync(Noon.AddDays(10)), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task MaintainAsync_in_steps_makes_thousands_claimable_and_then_has_no_more_to_do()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 2_100).Select(_ => ATimer.New().DueAt(Noon.AddDays(3)).Build())], default);
        Clock.Advance(TimeSpan.FromDays(3));

        await MaintainAllAsync();

        Assert.That(await Due.MaintainAsync(Clock.GetUtcNow(), default), Is.False);
        Assert.That(await ClaimAsync(Clock.GetUtcNow(), limit: 3_000), Has.Count.EqualTo(2_100));
    }

    [Test]
    public async Task MaintainAsync_with_the_clock_set_back_keeps_what_is_due_soon_claimable()
    {
        await Due.MaintainAsync(Noon.AddDays(5), default);
        await Due.MaintainAsync(Noon, default);
        await AddAsync(ATimer.New().DueAt(Noon.AddDays(4)));

        Assert.That(await ClaimAsync(Noon.AddDays(4)), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task MaintainAsync_after_reopening_days_later_makes_what_fell_due_meanwhile_claimable()
    {
        await AddAsync(ATimer.New().DueAt(Noon.AddDays(10)));
        Clock.Advance(TimeSpan.FromDays(20));
        Storage.Reopen();

        await MaintainAllAsync();

        Assert.That(await ClaimAsync(Clock.GetUtcNow()), Has.Count.EqualTo(1));
    }

    private async Task MaintainAllAsync()
    {
        while (await Due.MaintainAsync(Clock.GetUtcNow(), default))
        {
            // Steps, as the job takes them.
        }
    }
}
