namespace Contracts.Timers;

/// <summary>The state of a timer; docs/lifecycle.md shows the transitions, <see cref="TimerLifecycle"/> enforces them.</summary>
public enum TimerState
{
    /// <summary>Waits for <see cref="TimerRecord.NextAt"/>.</summary>
    Scheduled,

    /// <summary>Claimed by a Runner, loaded or being sent.</summary>
    Armed,

    /// <summary>Claimed, and about to be sent or sent: kept apart only for <see cref="AmbiguousPolicy.Park"/>.</summary>
    Sending,

    /// <summary>Held by a client until it is resumed.</summary>
    Paused,

    /// <summary>An attempt may or may not have arrived; a person decides (<see cref="AmbiguousPolicy.Park"/>).</summary>
    Ambiguous,

    /// <summary>Answered with 2xx. Final.</summary>
    Succeeded,

    /// <summary>All attempts failed, or the receiver answered 410. Final until it is replayed.</summary>
    Failed,

    /// <summary>Cancelled by a client. Final.</summary>
    Cancelled,

    /// <summary>Not delivered when it expired, and not sent since. Final until it is replayed.</summary>
    Expired,
}
