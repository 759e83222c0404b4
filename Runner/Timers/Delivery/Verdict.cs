using Contracts.Common;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Delivery;

/// <summary>What an exchange means for its timer.</summary>
internal sealed class Verdict(IOptions<DeliveryOptions> options, Random chance)
{
    private const int Gone = 410;

    /// <param name="timer">The timer that was sent.</param>
    /// <param name="exchange">How it ended.</param>
    /// <param name="endedAt">Upper bound of when it ended, by the store's clock: pauses count from here.</param>
    public (TimerState State, DateTimeOffset NextAt) Of(ClaimedTimer timer, Exchange exchange, DateTimeOffset endedAt)
    {
        var policy = timer.Spec.Retry ?? RetryPolicy.Default;
        var made = timer.Attempt - timer.AttemptsBeforeReplay;
        if (exchange.Error is null)
        {
            // Each time uses up an attempt, so that it ends. At its expiry it would not come again: it has been delivered, and that is all.
            return exchange.Snooze is { } snooze && made < policy.Attempts
                && Instants.CeilingToMilliseconds(endedAt + Within(snooze, options.Value.MaxSnooze)) is var again
                && !timer.HasExpired(again)
                ? (TimerState.Scheduled, again)
                : (TimerState.Succeeded, endedAt);
        }

        if (timer.Spec.OnAmbiguous == AmbiguousPolicy.Park && !exchange.CertainlyUnsent && !exchange.Answered)
        {
            return (TimerState.Ambiguous, endedAt);
        }

        if (exchange.Status == Gone || exchange.IsFinal || made >= policy.Attempts)
        {
            return (TimerState.Failed, endedAt);
        }

        var pause = policy.PauseAfter(made, chance.NextDouble());
        if (exchange.RetryAfter is { } asked && asked > pause)
        {
            // The receiver may ask for a longer pause than the policy's, within bounds, never for a shorter one.
            pause = asked < options.Value.MaxRetryAfter ? asked : Max(pause, options.Value.MaxRetryAfter);
        }

        return (TimerState.Scheduled, Instants.CeilingToMilliseconds(endedAt + pause));
    }

    private static TimeSpan Within(TimeSpan time, TimeSpan max) => time < TimeSpan.Zero ? TimeSpan.Zero : time < max ? time : max;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
