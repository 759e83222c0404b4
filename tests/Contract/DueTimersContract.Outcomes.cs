using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class DueTimersContract
{
    [Test]
    public async Task RecordAsync_of_a_success_finishes_the_timer_and_keeps_the_attempt()
    {
        var armed = await ArmAsync();
        var outcome = armed.Succeeded();

        await Due.RecordAsync([outcome], default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.Attempts, row.Claim, row.Version), Is.EqualTo((TimerState.Succeeded, 1, (ClaimToken?)null, 2)));
        var attempt = await Store.FindLastAttemptAsync(armed.Key, default);
        Assert.That(attempt! with { Response = default }, Is.EqualTo(outcome.Attempt with { Response = default }));
        Assert.That(attempt.Response.ToArray(), Is.EqualTo(outcome.Attempt.Response.ToArray()));
    }

    [Test]
    public async Task RecordAsync_of_a_retry_offers_it_again_at_its_instant_under_a_new_token_with_the_promise_kept()
    {
        var armed = await ArmAsync();

        await Due.RecordAsync([armed.Retried(Noon.AddSeconds(5))], default);
        var early = await ClaimAsync(Noon.AddSeconds(5).AddMilliseconds(-1));
        var again = (await ClaimAsync(Noon.AddSeconds(5))).Single();

        Assert.That(early, Is.Empty);
        Assert.That(again, Is.EqualTo(armed with { Token = again.Token, NextAt = Noon.AddSeconds(5), Attempts = 1 }));
        Assert.That(again.Token, Is.Not.EqualTo(armed.Token));
        Assert.That(again.WebhookId, Is.EqualTo(armed.WebhookId));
    }

    [Test]
    public async Task RecordAsync_of_a_retry_in_many_days_offers_it_then()
    {
        var armed = await ArmAsync();
        await Due.RecordAsync([armed.Retried(Noon.AddDays(6))], default);

        await Due.MaintainAsync(Noon.AddDays(6), default);

        Assert.That(await ClaimAsync(Noon.AddDays(6)), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RecordAsync_of_a_final_failure_fails_the_timer()
    {
        var armed = await ArmAsync();

        await Due.RecordAsync([armed.Failed()], default);

        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Failed));
        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
    }

    [Test]
    public async Task RecordAsync_of_an_ambiguous_attempt_parks_the_timer_with_its_token_until_a_late_outcome()
    {
        var sending = await SendAsync();

        await Due.RecordAsync([sending.Ambiguous()], default);
        var parked = await FindAsync(sending.Key);
        await Due.RecordAsync([sending.Succeeded()], default);

        Assert.That(
            (parked.State, parked.Claim, parked.MayStillArrive), Is.EqualTo((TimerState.Ambiguous, (ClaimToken?)sending.Token, true)));
        var row = await FindAsync(sending.Key);
        Assert.That((row.State, row.Claim, row.MayStillArrive), Is.EqualTo((TimerState.Succeeded, (ClaimToken?)null, false)));
    }

    [TestCase(TimerState.Succeeded)]
    [TestCase(TimerState.Failed)]
    [TestCase(TimerState.Scheduled)]
    [TestCase(TimerState.Ambiguous)]
    public async Task RecordAsync_of_the_same_outcome_again_changes_nothing(TimerState state)
    {
        var sending = await SendAsync();
        var outcome = state switch
        {
            TimerState.Succeeded => sending.Succeeded(),
            TimerState.Failed => sending.Failed(),
            TimerState.Scheduled => sending.Retried(Noon.AddMinutes(1)),
            _ => sending.Ambiguous(),
        };
        await Due.RecordAsync([outcome], default);
        var once = await FindAsync(sending.Key);

        await Due.RecordAsync([outcome, outcome], default);

        Assert.That(await FindAsync(sending.Key), Is.EqualTo(once));
        Assert.That(await Store.FindAttemptsAsync(sending.Key, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RecordAsync_of_a_stale_failure_keeps_the_attempt_and_leaves_the_timer()
    {
        var stale = await ArmAsync();
        await Due.ReclaimAsync(Noon, default);
        var before = await FindAsync(stale.Key);

        await Due.RecordAsync([stale.Failed()], default);

        Assert.That(await FindAsync(stale.Key), Is.EqualTo(before));
        Assert.That(await Store.FindAttemptsAsync(stale.Key, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RecordAsync_of_a_stale_success_finishes_a_timer_that_nobody_has_claimed_since()
    {
        var stale = await ArmAsync();
        await Due.ReclaimAsync(Noon, default);

        await Due.RecordAsync([stale.Succeeded()], default);

        Assert.That((await FindAsync(stale.Key)).State, Is.EqualTo(TimerState.Succeeded));
        Assert.That(await ClaimAsync(Noon), Is.Empty);
    }

    [Test]
    public async Task RecordAsync_of_a_stale_success_leaves_a_timer_that_is_claimed_anew_and_makes_its_final_failure_a_success()
    {
        var stale = await ArmAsync();
        await Due.ReclaimAsync(Noon, default);
        var current = (await ClaimAsync(Noon)).Single();

        await Due.RecordAsync([stale.Succeeded()], default);
        var meanwhile = await FindAsync(stale.Key);
        await Due.RecordAsync([current.Failed()], default);

        Assert.That((meanwhile.State, meanwhile.Claim), Is.EqualTo((TimerState.Armed, (ClaimToken?)current.Token)));
        Assert.That((await FindAsync(stale.Key)).State, Is.EqualTo(TimerState.Succeeded));
        Assert.That(await Store.FindAttemptsAsync(stale.Key, default), Has.Count.EqualTo(2), "One number, two claims: two attempts.");
    }

    [Test]
    public async Task RecordAsync_of_a_stale_success_leaves_a_cancelled_timer_cancelled()
    {
        var stale = await ArmAsync();
        await Due.ReclaimAsync(Noon, default);
        await CancelAsync(stale.Key);

        await Due.RecordAsync([stale.Succeeded()], default);

        Assert.That((await FindAsync(stale.Key)).State, Is.EqualTo(TimerState.Cancelled));
    }

    [TestCase(PendingCommand.Cancel, TimerState.Cancelled)]
    [TestCase(PendingCommand.Pause, TimerState.Paused)]
    public async Task RecordAsync_of_a_retry_applies_a_recorded_command_instead(PendingCommand command, TimerState expected)
    {
        var armed = await ArmAsync();
        await CommandAsync(armed.Key, command);

        await Due.RecordAsync([armed.Retried(Noon.AddSeconds(5))], default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.Pending, row.Claim), Is.EqualTo((expected, PendingCommand.None, (ClaimToken?)null)));
        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
    }

    [Test]
    public async Task RecordAsync_of_a_success_beats_a_recorded_command(
        [Values(PendingCommand.Cancel, PendingCommand.Pause)] PendingCommand command)
    {
        var armed = await ArmAsync();
        await CommandAsync(armed.Key, command);

        await Due.RecordAsync([armed.Succeeded()], default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.Pending), Is.EqualTo((TimerState.Succeeded, PendingCommand.None)));
    }

    [Test]
    public async Task RecordAsync_of_a_timer_that_is_gone_leaves_the_others_of_the_batch_recorded()
    {
        var armed = await ArmAsync();
        var gone = armed with { Key = Guid.NewGuid() };

        await Due.RecordAsync([gone.Succeeded(), armed.Succeeded()], default);

        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Succeeded));
    }

    [Test]
    public async Task RecordAsync_of_many_at_once_gives_each_its_own_state_and_instant()
    {
        const int Timers = 300;
        await Store.AddAsync([.. Enumerable.Range(0, Timers).Select(_ => ATimer.New().Build())], default);
        var claimed = await ClaimAsync(Noon);
        for (var i = 0; i < 20; i += 2)
        {
            await CommandAsync(claimed[i].Key, PendingCommand.Cancel);
        }

        var lost = claimed[^1];
        await Due.HandBackAsync([new HandBack(lost.Key, lost.Token, Noon.AddDays(1))], Noon, default);
        var outcomes = claimed.Select((timer, i) => (i % 3) switch
        {
            0 => timer.Retried(Noon.AddMilliseconds(i)),
            1 => timer.Succeeded() with { NextAt = Noon.AddMilliseconds(i % 7) },
            _ => timer.Failed() with { NextAt = Noon.AddMilliseconds(i) },
        }).ToList();
        var expected = claimed.Zip(outcomes, (timer, outcome) => (timer, outcome)).ToDictionary(
            one => one.timer.Key,
            one => ClaimSettlement.WithOutcome(Row(one.timer), one.outcome, anyAttemptSucceeded: false)!);

        await Due.RecordAsync(outcomes, default);

        foreach (var row in await Store.FindAsync([.. claimed.Select(timer => timer.Key)], default))
        {
            var wanted = row.Key == lost.Key ? (TimerState.Scheduled, Noon.AddDays(1), 0, 1L) : Shown(expected[row.Key]);
            Assert.That(Shown(row), Is.EqualTo(wanted));
            Assert.That((row.Claim, row.Pending, row.DueAt), Is.EqualTo(((ClaimToken?)null, PendingCommand.None, Noon)));
        }

        TimerRecord Row(ClaimedTimer timer)
        {
            var commanded = claimed.ToList().IndexOf(timer) is < 20 and var i && i % 2 == 0;
            return new TimerRecord
            {
                Key = timer.Key,
                State = TimerState.Armed,
                DueAt = Noon,
                NextAt = Noon,
                CreatedAt = Noon,
                Claim = timer.Token,
                Pending = commanded ? PendingCommand.Cancel : PendingCommand.None,
                Version = commanded ? 2 : 1,
                Spec = timer.Spec,
            };
        }

        static (TimerState, DateTimeOffset, int, long) Shown(TimerRecord row) => (row.State, row.NextAt, row.Attempts, row.Version);
    }

    [Test]
    public async Task FindAttemptsAsync_gives_them_oldest_first_and_FindLastAttemptAsync_the_latest()
    {
        var armed = await ArmAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await Due.RecordAsync([armed.Retried(Noon)], default);
            armed = (await ClaimAsync(Noon)).Single();
        }

        Assert.That((await Store.FindAttemptsAsync(armed.Key, default)).Select(attempt => attempt.Number), Is.EqualTo([1, 2, 3]));
        Assert.That((await Store.FindLastAttemptAsync(armed.Key, default))!.Number, Is.EqualTo(3));
    }

    [Test]
    public async Task HandBackAsync_offers_it_again_at_the_given_instant_with_no_attempt_counted()
    {
        var armed = await ArmAsync();

        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon.AddSeconds(3))], Noon, default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.DueAt, row.NextAt, row.Attempts, row.MayStillArrive),
            Is.EqualTo((TimerState.Scheduled, Noon, Noon.AddSeconds(3), 0, false)));
        Assert.That(await ClaimAsync(Noon.AddSeconds(3).AddMilliseconds(-1)), Is.Empty);
        Assert.That(await ClaimAsync(Noon.AddSeconds(3)), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task HandBackAsync_to_an_earlier_instant_keeps_the_later_one()
    {
        var armed = await ArmAsync(ATimer.New().DueAt(Noon.AddSeconds(10)));

        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon, default);

        Assert.That((await FindAsync(armed.Key)).NextAt, Is.EqualTo(Noon.AddSeconds(10)));
    }

    [TestCase(PendingCommand.Cancel, TimerState.Cancelled)]
    [TestCase(PendingCommand.Pause, TimerState.Paused)]
    public async Task HandBackAsync_applies_a_recorded_command(PendingCommand command, TimerState expected)
    {
        var armed = await ArmAsync();
        await CommandAsync(armed.Key, command);

        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon, default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.Pending), Is.EqualTo((expected, PendingCommand.None)));
    }

    [Test]
    public async Task HandBackAsync_of_a_parked_timer_offers_it_again_since_its_Runner_knows_it_unsent()
    {
        var sending = await SendAsync();
        await Due.ReclaimAsync(Noon, default);
        var parked = await FindAsync(sending.Key);

        await Due.HandBackAsync([new HandBack(sending.Key, sending.Token, Noon)], Noon, default);

        var row = await FindAsync(sending.Key);
        Assert.That((parked.State, row.State, row.Claim), Is.EqualTo((TimerState.Ambiguous, TimerState.Scheduled, (ClaimToken?)null)));
        Assert.That(row.Version, Is.EqualTo(parked.Version + 1), "a client sees the difference");
    }

    [Test]
    public async Task HandBackAsync_of_a_claim_that_is_over_changes_nothing()
    {
        var stale = await ArmAsync();
        await Due.HandBackAsync([new HandBack(stale.Key, stale.Token, Noon)], Noon, default);
        var current = (await ClaimAsync(Noon)).Single();

        await Due.HandBackAsync([new HandBack(stale.Key, stale.Token, Noon.AddDays(1))], Noon, default);

        var row = await FindAsync(stale.Key);
        Assert.That((row.State, row.Claim, row.NextAt), Is.EqualTo((TimerState.Armed, (ClaimToken?)current.Token, Noon)));
    }
}
