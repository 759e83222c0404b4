using Contracts.Common;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/fire: it is due now.</summary>
internal static class FireTimer
{
    public static void MapFireTimer(this IEndpointRouteBuilder timers) => timers.MapControl(HttpMethods.Post, "/{id}/fire", Decide)
        .WithName("fireTimer")
        .WithSummary("Fire a timer now")
        .WithDescription("Sets dueAt to now, even if the timer is paused.");

    public static Decision Decide(TimerRecord row, DateTimeOffset now)
    {
        var due = Instants.CeilingToMilliseconds(now);
        return row.State switch
        {
            TimerState.Scheduled or TimerState.Paused =>
                new Decision(row.PromisedFor(due) with { State = TimerState.Scheduled, Version = row.Version + 1 }),
            TimerState.Armed or TimerState.Sending => Decision.Refuse(Decision.Firing),
            TimerState.Ambiguous => Decision.Refuse("It is ambiguous: replay it or cancel it."),
            _ => Decision.Finished(row.State),
        };
    }
}
