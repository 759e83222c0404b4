using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/resume: it continues; if it fell due meanwhile, it fires at once.</summary>
internal static class ResumeTimer
{
    public static void MapResumeTimer(this IEndpointRouteBuilder timers) => timers.MapControl(HttpMethods.Post, "/{id}/resume", Decide)
        .WithName("resumeTimer")
        .WithSummary("Resume a paused timer")
        .WithDescription("It continues where it was; if it fell due while it was paused, it fires at once.");

    public static Decision Decide(TimerRecord row, DateTimeOffset now) => row.State switch
    {
        TimerState.Scheduled => Decision.Nothing,
        TimerState.Paused => new Decision(row with { State = TimerState.Scheduled, Version = row.Version + 1 }),
        TimerState.Armed or TimerState.Sending => row.Pending switch
        {
            PendingCommand.Pause => new Decision(row with { Pending = PendingCommand.None, Version = row.Version + 1 }),
            PendingCommand.Cancel => Decision.Refuse("It is being cancelled."),
            _ => Decision.Nothing,
        },
        TimerState.Ambiguous => Decision.Refuse("It is ambiguous: replay it or cancel it."),
        _ => Decision.Finished(row.State),
    };
}
