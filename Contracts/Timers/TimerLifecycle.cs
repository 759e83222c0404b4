namespace Contracts.Timers;

/// <summary>The only table of allowed transitions; commands and stores both use it.</summary>
public static class TimerLifecycle
{
    private static readonly Dictionary<TimerState, TimerState[]> Allowed = new()
    {
        [TimerState.Scheduled] =
        [
            TimerState.Scheduled, TimerState.Armed, TimerState.Paused, TimerState.Cancelled, TimerState.Succeeded, TimerState.Expired,
        ],
        [TimerState.Paused] =
        [
            TimerState.Paused, TimerState.Scheduled, TimerState.Cancelled, TimerState.Succeeded, TimerState.Expired,
        ],
        [TimerState.Armed] =
        [
            TimerState.Armed, TimerState.Sending, TimerState.Scheduled, TimerState.Paused,
            TimerState.Succeeded, TimerState.Failed, TimerState.Cancelled, TimerState.Expired,
        ],
        [TimerState.Sending] =
        [
            TimerState.Sending, TimerState.Scheduled, TimerState.Paused, TimerState.Ambiguous,
            TimerState.Succeeded, TimerState.Failed, TimerState.Cancelled, TimerState.Expired,
        ],
        [TimerState.Ambiguous] =
        [
            TimerState.Ambiguous, TimerState.Scheduled, TimerState.Paused,
            TimerState.Succeeded, TimerState.Failed, TimerState.Cancelled, TimerState.Expired,
        ],
        [TimerState.Failed] = [TimerState.Scheduled, TimerState.Succeeded],
        [TimerState.Succeeded] = [],
        [TimerState.Cancelled] = [],
        [TimerState.Expired] = [TimerState.Scheduled, TimerState.Succeeded],
    };

    /// <summary>Whether a timer may go from one state to the other in a single step.</summary>
    public static bool Allows(TimerState from, TimerState to) => Allowed[from].Contains(to);

    /// <summary>True for states that nothing but a command, or a late success, leaves.</summary>
    public static bool IsFinished(TimerState state) =>
        state is TimerState.Succeeded or TimerState.Failed or TimerState.Cancelled or TimerState.Expired;

    /// <summary>True while a Runner holds the timer.</summary>
    public static bool IsClaimed(TimerState state) => state is TimerState.Armed or TimerState.Sending;
}
