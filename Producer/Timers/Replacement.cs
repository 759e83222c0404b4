using Contracts.Timers;

namespace Producer.Timers;

/// <summary>A create that takes the place of the timer that has its id.</summary>
internal static class Replacement
{
    /// <summary>What it means for the timer. A paused one is scheduled again: it is what the new request asks for.</summary>
    /// <param name="row">The timer.</param>
    /// <param name="create">The create under the same id.</param>
    /// <param name="traceParent">Trace context of the request; null without one.</param>
    public static Decision Decide(TimerRecord row, TimerScheduled create, string? traceParent)
    {
        if (ChangeTimer.Refusal(row) is { } refusal)
        {
            return refusal;
        }

        var replaced = row with
        {
            State = TimerState.Scheduled,
            Spec = create.Spec with { OwnId = row.Spec.OwnId, TraceParent = traceParent, TouchFrom = create.CreatedAt },
            Fingerprint = create.Fingerprint,
            Version = row.Version + 1,
        };
        return new Decision(replaced.PromisedFor(create.DueAt));
    }
}
