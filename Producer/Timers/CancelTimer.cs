using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/cancel: nothing more is sent.</summary>
internal static class CancelTimer
{
    public static void MapCancelTimer(this IEndpointRouteBuilder timers) => timers.MapControl(HttpMethods.Post, "/{id}/cancel", Decide)
        .WithName("cancelTimer")
        .WithSummary("Cancel a timer")
        .WithDescription(
            "200: it is cancelled and nothing more is sent; with `mayStillArrive` an earlier attempt may still arrive. "
            + "202: an attempt is in flight and may still arrive; none will follow. Cancelling again changes nothing. 409 if it has "
            + "succeeded, failed or expired.");

    public static Decision Decide(TimerRecord row, DateTimeOffset now) => row.State switch
    {
        TimerState.Cancelled => Decision.Nothing,
        TimerState.Succeeded or TimerState.Failed or TimerState.Expired => Decision.Finished(row.State),
        TimerState.Armed or TimerState.Sending when row.Pending == PendingCommand.Cancel => Decision.AlreadyRecorded,
        TimerState.Armed or TimerState.Sending =>
            new Decision(row with { Pending = PendingCommand.Cancel, Version = row.Version + 1 }, Recorded: true),
        _ => new Decision(row with
        {
            State = TimerState.Cancelled,
            NextAt = Instants.CeilingToMilliseconds(now),
            Claim = null,
            Pending = PendingCommand.None,
            Version = row.Version + 1,
        }),
    };
}
