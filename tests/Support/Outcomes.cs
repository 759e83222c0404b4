using Contracts.Timers;

namespace Tests.Support;

/// <summary>Outcomes of claimed timers; a test states only what matters to it.</summary>
public static class Outcomes
{
    public static AttemptOutcome Succeeded(this ClaimedTimer timer) => Outcome(timer, TimerState.Succeeded, 200, null, Clocks.Noon);

    public static AttemptOutcome Failed(this ClaimedTimer timer) => Outcome(timer, TimerState.Failed, 500, "answered 500", Clocks.Noon);

    public static AttemptOutcome Retried(this ClaimedTimer timer, DateTimeOffset nextAt) =>
        Outcome(timer, TimerState.Scheduled, 503, "answered 503", nextAt);

    public static AttemptOutcome Ambiguous(this ClaimedTimer timer) => Outcome(timer, TimerState.Ambiguous, null, "no answer", Clocks.Noon);

    private static AttemptOutcome Outcome(ClaimedTimer timer, TimerState state, int? status, string? error, DateTimeOffset nextAt) =>
        new(timer.Key, timer.Token, Attempt(timer, status, error), state, nextAt) { Tenant = timer.Tenant };

    private static AttemptRecord Attempt(ClaimedTimer timer, int? status, string? error) => new()
    {
        Occurrence = timer.Occurrence,
        Number = timer.Attempt,
        StartedAt = Clocks.Noon,
        Latency = TimeSpan.FromMilliseconds(12),
        Lateness = TimeSpan.FromMilliseconds(3),
        Status = status,
        Error = error,
        Response = "body"u8.ToArray(),
    };
}
