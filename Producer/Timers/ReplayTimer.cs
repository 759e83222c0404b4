using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/replay: retries a failed or ambiguous timer now.</summary>
internal static class ReplayTimer
{
    public static void MapReplayTimer(this IEndpointRouteBuilder timers) => timers.MapControl(HttpMethods.Post, "/{id}/replay", Decide)
        .WithName("replayTimer")
        .WithSummary("Replay a failed timer")
        .WithDescription(
            "Retries a failed or ambiguous timer now, with all its retries; dueAt and webhook-id stay the same, attempt numbers continue.");

    public static Decision Decide(TimerRecord row, DateTimeOffset now) => row.State switch
    {
        TimerState.Failed or TimerState.Ambiguous => new Decision(row with
        {
            State = TimerState.Scheduled,
            NextAt = Instants.CeilingToMilliseconds(now),
            AttemptsBeforeReplay = row.Attempts,
            Claim = null,
            Pending = PendingCommand.None,
            Version = row.Version + 1,
        }),
        TimerState.Armed or TimerState.Sending => Decision.Refuse(Decision.Firing),
        _ => Decision.Refuse($"Only failed and ambiguous timers are replayed; it is {TimerResource.StateName(row.State)}."),
    };
}
