using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

public sealed class VerdictTests
{
    private static readonly DateTimeOffset Ended = Clocks.Noon;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    [Test]
    public void Of_an_answer_without_error_has_succeeded() =>
        Assert.That(Of(Timer(), Answered(204)), Is.EqualTo((TimerState.Succeeded, Ended)));

    [TestCase(600, 600)]
    [TestCase(-5, 0)]
    [TestCase(100 * 86_400, 7 * 86_400)]
    public void Of_a_snooze_comes_again_then_within_bounds(int asked, int expected) => Assert.That(
        Of(Timer(), Answered(200) with { Snooze = TimeSpan.FromSeconds(asked) }),
        Is.EqualTo((TimerState.Scheduled, Ended.AddSeconds(expected))));

    [TestCase(3, 0, TimerState.Scheduled)]
    [TestCase(4, 0, TimerState.Succeeded)]
    [TestCase(9, 5, TimerState.Succeeded)]
    public void Of_a_snooze_uses_up_attempts(int attempts, int beforeReplay, TimerState expected)
    {
        var timer = Timer() with { Attempts = attempts, AttemptsBeforeReplay = beforeReplay };

        Assert.That(Of(timer, Answered(200) with { Snooze = TimeSpan.FromSeconds(1) }).State, Is.EqualTo(expected));
    }

    [TestCase(599, TimerState.Scheduled)]
    [TestCase(600, TimerState.Succeeded)]
    public void Of_a_snooze_until_the_expiry_or_later_it_has_been_delivered(int asked, TimerState expected)
    {
        var timer = Timer() with { ExpiresAt = Ended.AddSeconds(600) };

        Assert.That(Of(timer, Answered(200) with { Snooze = TimeSpan.FromSeconds(asked) }).State, Is.EqualTo(expected));
    }

    [TestCase(500)]
    [TestCase(404)]
    [TestCase(429)]
    [TestCase(302)]
    public void Of_a_bad_answer_tries_again_after_the_pause(int status) =>
        Assert.That(Of(Timer(), Answered(status)), Is.EqualTo((TimerState.Scheduled, Ended + FirstPause)));

    [Test]
    public void Of_an_address_that_webhooks_may_not_go_to_gives_up_at_once()
    {
        var refused = new Exchange(null, "refused", CertainlyUnsent: true, Answered: false, RetryAfter: null, default) { IsFinal = true };

        Assert.That(Of(Timer(), refused), Is.EqualTo((TimerState.Failed, Ended)));
    }

    [Test]
    public void Of_410_gives_up_at_the_first_attempt() =>
        Assert.That(Of(Timer(), Answered(410)), Is.EqualTo((TimerState.Failed, Ended)));

    [TestCase(3, 0, TimerState.Scheduled)]
    [TestCase(4, 0, TimerState.Failed)]
    [TestCase(9, 5, TimerState.Failed)]
    [TestCase(8, 5, TimerState.Scheduled)]
    public void Of_a_failure_counts_the_attempts_since_the_last_replay(int attempts, int beforeReplay, TimerState expected)
    {
        var timer = Timer() with { Attempts = attempts, AttemptsBeforeReplay = beforeReplay };

        Assert.That(Of(timer, Answered(500)).State, Is.EqualTo(expected));
    }

    [Test]
    public void Of_a_failure_after_a_replay_pauses_as_after_the_first()
    {
        var timer = Timer() with { Attempts = 5, AttemptsBeforeReplay = 5 };

        Assert.That(Of(timer, Answered(500)).NextAt, Is.EqualTo(Ended + FirstPause));
    }

    // What the receiver asks for in seconds, what comes of it: never less than the policy's 5 s, never more than an hour.
    [TestCase(1, 5)]
    [TestCase(-30, 5)]
    [TestCase(90, 90)]
    [TestCase(7_200, 3_600)]
    public void Of_a_failure_with_retry_after_honours_it_within_bounds(int asked, int expected)
    {
        var exchange = Answered(503) with { RetryAfter = TimeSpan.FromSeconds(asked) };

        Assert.That(Of(Timer(), exchange).NextAt, Is.EqualTo(Ended.AddSeconds(expected)));
    }

    [Test]
    public void Of_a_failure_with_retry_after_beyond_the_bound_keeps_a_longer_pause_of_the_policy()
    {
        var retry = new RetryPolicy { Delays = [TimeSpan.FromHours(2)] };
        var exchange = Answered(503) with { RetryAfter = TimeSpan.FromHours(3) };

        Assert.That(Of(Timer(spec => spec with { Retry = retry }), exchange).NextAt, Is.EqualTo(Ended.AddHours(2)));
    }

    [TestCase(AmbiguousPolicy.Park, false, TimerState.Ambiguous)]
    [TestCase(AmbiguousPolicy.Park, true, TimerState.Scheduled)]
    [TestCase(AmbiguousPolicy.Redeliver, false, TimerState.Scheduled)]
    public void Of_no_answer_parks_only_by_policy_and_only_what_may_have_left(
        AmbiguousPolicy policy, bool certainlyUnsent, TimerState expected)
    {
        var exchange = new Exchange(null, "no answer", certainlyUnsent, Answered: false, RetryAfter: null, default);

        Assert.That(Of(Timer(spec => spec with { OnAmbiguous = policy }), exchange).State, Is.EqualTo(expected));
    }

    [Test]
    public void Of_a_bad_answer_under_the_park_policy_tries_again_since_it_is_known() =>
        Assert.That(
            Of(Timer(spec => spec with { OnAmbiguous = AmbiguousPolicy.Park }), Answered(500)).State, Is.EqualTo(TimerState.Scheduled));

    [Test]
    public void Of_a_retry_rounds_its_instant_up_to_whole_milliseconds()
    {
        var retry = new RetryPolicy { Delays = [TimeSpan.FromTicks(15_001)] };

        Assert.That(Of(Timer(spec => spec with { Retry = retry }), Answered(500)).NextAt, Is.EqualTo(Ended.AddMilliseconds(2)));
    }

    private static (TimerState State, DateTimeOffset NextAt) Of(ClaimedTimer timer, Exchange exchange) =>
        new Verdict(Options.Create(new DeliveryOptions()), new NoChance()).Of(timer, exchange, Ended);

    private static ClaimedTimer Timer(Func<TimerSpec, TimerSpec>? with = null)
    {
        var spec = ATimer.New().Build().Spec;
        return RunnerParts.Claimed(Ended, with is null ? spec : with(spec));
    }

    private static Exchange Answered(int status) =>
        new(status, status is >= 200 and < 300 ? null
            : $"answered {status}", CertainlyUnsent: false, Answered: true, RetryAfter: null, default);

    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }
}
