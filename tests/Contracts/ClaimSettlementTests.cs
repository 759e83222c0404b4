using Contracts.Timers;
using Tests.Support;
using static Contracts.Timers.PendingCommand;
using static Contracts.Timers.TimerState;

namespace Tests.Contracts;

/// <summary>How a claimed timer leaves its claim, case by case; the properties are beside this.</summary>
public sealed class ClaimSettlementTests
{
    private static readonly ClaimToken Own = new(7);
    private static readonly ClaimToken Other = new(8);

    // Row's state, recorded command, outcome, an attempt had succeeded: what becomes of it.
    [TestCase(Armed, None, Succeeded, false, Succeeded)]
    [TestCase(Armed, None, Failed, false, Failed)]
    [TestCase(Armed, None, Failed, true, Succeeded)]
    [TestCase(Armed, None, Scheduled, false, Scheduled)]
    [TestCase(Armed, Cancel, Scheduled, false, Cancelled)]
    [TestCase(Armed, Pause, Scheduled, false, Paused)]
    [TestCase(Armed, Cancel, Succeeded, false, Succeeded)]
    [TestCase(Armed, Cancel, Failed, false, Failed)]
    [TestCase(Armed, Pause, Failed, true, Succeeded)]
    [TestCase(Sending, None, Ambiguous, false, Ambiguous)]
    [TestCase(Sending, Cancel, Ambiguous, false, Cancelled)]
    [TestCase(Sending, Pause, Ambiguous, false, Ambiguous)]
    [TestCase(Sending, None, Scheduled, false, Scheduled)]
    [TestCase(Ambiguous, None, Succeeded, false, Succeeded)]
    [TestCase(Ambiguous, None, Failed, false, Failed)]
    [TestCase(Ambiguous, None, Scheduled, false, Scheduled)]
    [TestCase(Ambiguous, Pause, Scheduled, false, Paused)]
    [TestCase(Ambiguous, None, Ambiguous, false, Ambiguous)]
    public void WithOutcome_of_the_claim_in_force(
        TimerState state, PendingCommand pending, TimerState outcome, bool succeeded, TimerState expected)
    {
        var row = Row(state, pending);

        var settled = ClaimSettlement.WithOutcome(row, Outcome(Own, outcome), succeeded)!;

        Assert.That((settled.State, settled.Attempts, settled.Version), Is.EqualTo((expected, 3, row.Version + 1)));
    }

    // Row's state, outcome of an earlier claim, an attempt had succeeded: what becomes of it; null leaves it.
    [TestCase(Scheduled, Succeeded, false, Succeeded)]
    [TestCase(Paused, Succeeded, false, Succeeded)]
    [TestCase(Failed, Succeeded, false, Succeeded)]
    [TestCase(Expired, Succeeded, false, Succeeded)]
    [TestCase(Expired, Scheduled, false, null)]
    [TestCase(Scheduled, Failed, true, Succeeded)]
    [TestCase(Armed, Succeeded, false, null)]
    [TestCase(Sending, Succeeded, false, null)]
    [TestCase(Ambiguous, Succeeded, false, null)]
    [TestCase(Cancelled, Succeeded, false, null)]
    [TestCase(Succeeded, Succeeded, false, null)]
    [TestCase(Scheduled, Failed, false, null)]
    [TestCase(Scheduled, Scheduled, false, null)]
    [TestCase(Scheduled, Ambiguous, false, null)]
    public void WithOutcome_of_a_claim_that_is_over(TimerState state, TimerState outcome, bool succeeded, TimerState? expected) =>
        Assert.That(ClaimSettlement.WithOutcome(Row(state, None), Outcome(Other, outcome), succeeded)?.State, Is.EqualTo(expected));

    // Row's state, recorded command, outcome of an attempt that was under way when the timer expired: what becomes of it.
    [TestCase(Armed, None, Succeeded, Succeeded)]
    [TestCase(Armed, None, Scheduled, Expired)]
    [TestCase(Armed, None, Failed, Failed)]
    [TestCase(Armed, Pause, Scheduled, Expired)]
    [TestCase(Armed, Cancel, Scheduled, Cancelled)]
    [TestCase(Sending, None, Scheduled, Expired)]
    [TestCase(Sending, None, Ambiguous, Ambiguous)]
    [TestCase(Ambiguous, None, Scheduled, Expired)]
    public void WithOutcome_after_the_expiry(TimerState state, PendingCommand pending, TimerState outcome, TimerState expected)
    {
        // The attempt ended 1.5 ms after noon.
        var row = Row(state, pending) with { ExpiresAt = Clocks.Noon.AddMilliseconds(1) };

        Assert.That(ClaimSettlement.WithOutcome(row, Outcome(Own, outcome), anyAttemptSucceeded: false)!.State, Is.EqualTo(expected));
    }

    [Test]
    public void WithOutcome_of_a_retry_behind_the_expiry_waits_for_the_expiry_only()
    {
        var row = Row(Armed, None) with { ExpiresAt = Clocks.Noon.AddMinutes(1) };

        var settled = ClaimSettlement.WithOutcome(row, Outcome(Own, Scheduled), anyAttemptSucceeded: false)!;

        Assert.That((settled.State, settled.NextAt), Is.EqualTo((Scheduled, Clocks.Noon.AddMinutes(1))));
    }

    [TestCase(Scheduled, 0, Expired)]
    [TestCase(Paused, 0, Expired)]
    [TestCase(Scheduled, 1, null)]
    [TestCase(Armed, 0, null)]
    [TestCase(Ambiguous, 0, null)]
    [TestCase(Failed, 0, null)]
    public void Expired_ends_what_nobody_holds_from_its_expiry_on(TimerState state, int milliseconds, TimerState? expected) =>
        Assert.That(
            ClaimSettlement.Expired(Row(state, None) with { ExpiresAt = Clocks.Noon.AddMilliseconds(milliseconds) }, Clocks.Noon)?.State,
            Is.EqualTo(expected));

    [Test]
    public void WithOutcome_of_a_success_of_an_earlier_occurrence_says_nothing_of_the_present_one()
    {
        var row = Row(Scheduled, None) with { Occurrence = 2 };

        Assert.That(ClaimSettlement.WithOutcome(row, Outcome(Other, Succeeded), anyAttemptSucceeded: false), Is.Null);
    }

    [Test]
    public void WithOutcome_of_a_retry_keeps_the_promise_and_that_a_lost_attempt_may_still_arrive()
    {
        var row = Row(Armed, None) with { MayStillArrive = true };

        var settled = ClaimSettlement.WithOutcome(row, Outcome(Own, Scheduled), anyAttemptSucceeded: false)!;

        Assert.That((settled.DueAt, settled.NextAt, settled.MayStillArrive), Is.EqualTo((row.DueAt, Clocks.Noon.AddHours(1), true)));
    }

    [Test]
    public void WithOutcome_of_a_retry_with_a_recorded_cancel_finished_when_the_attempt_ended()
    {
        var settled = ClaimSettlement.WithOutcome(Row(Armed, Cancel), Outcome(Own, Scheduled), anyAttemptSucceeded: false)!;

        Assert.That(settled.NextAt, Is.EqualTo(Clocks.Noon.AddMilliseconds(2)));
    }

    [Test]
    public void HandedBack_with_a_recorded_cancel_finished_now()
    {
        var now = Clocks.Noon.AddMinutes(1);

        var row = ClaimSettlement.HandedBack(Row(Armed, Cancel), Own, Clocks.Noon.AddHours(1), now)!;

        Assert.That((row.State, row.NextAt), Is.EqualTo((Cancelled, now)));
    }

    private static TimerRecord Row(TimerState state, PendingCommand pending) => TimerRecord.From(ATimer.New().Build()) with
    {
        State = state,
        Pending = pending,
        Attempts = 2,
        Version = 5,
        Claim = TimerLifecycle.IsClaimed(state) || state == Ambiguous ? Own : null,
    };

    private static AttemptOutcome Outcome(ClaimToken token, TimerState state)
    {
        var attempt = new AttemptRecord
        {
            Occurrence = 1,
            Number = 3,
            StartedAt = Clocks.Noon,
            Latency = TimeSpan.FromMilliseconds(1.5),
            Lateness = TimeSpan.Zero,
        };
        return new AttemptOutcome(Guid.Empty, token, attempt, state, Clocks.Noon.AddHours(1));
    }
}
