using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/pause: nothing is sent until it is resumed.</summary>
internal static class PauseTimer
{
    public static void MapPauseTimer(this IEndpointRouteBuilder timers) => timers.MapControl(HttpMethods.Post, "/{id}/pause", Decide)
        .WithName("pauseTimer")
        .WithSummary("Pause a timer")
        .WithDescription("200: it is paused. 202: an attempt is in flight and may still arrive; none follows until it is resumed.");

    public static Decision Decide(TimerRecord row, DateTimeOffset now) => row.State switch
    {
        TimerState.Paused => Decision.Nothing,
        TimerState.Scheduled => new Decision(row with { State = TimerState.Paused, Version = row.Version + 1 }),
        TimerState.Armed or TimerState.Sending => row.Pending switch
        {
            PendingCommand.Pause => Decision.AlreadyRecorded,
            PendingCommand.Cancel => Decision.Refuse("It is being cancelled."),
            _ => new Decision(row with { Pending = PendingCommand.Pause, Version = row.Version + 1 }, Recorded: true),
        },
        TimerState.Ambiguous => Decision.Refuse("It is ambiguous: replay it or cancel it."),
        _ => Decision.Finished(row.State),
    };
}
