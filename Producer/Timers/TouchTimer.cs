using Contracts.Access;
using Contracts.Common;
using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>POST /timers/{id}/touch: a sign of life of whatever the timer watches; it is due later.</summary>
internal static class TouchTimer
{
    public static void MapTouchTimer(this IEndpointRouteBuilder timers) => timers.MapPost(
            "/{id}/touch",
            (string id, HttpContext context, TimerControl control, IStoreClock clock, CancellationToken cancellationToken) =>
                ControlEndpoint.RunAsync(id, context, control, clock, row => Decide(row, clock.Latest), cancellationToken))
        .WithName("touchTimer")
        .WithSummary("Touch a timer: push it out by its own delay")
        .WithDescription(
            "For watchdogs: a timer that fires unless something touches it in time. It becomes due its own delay after the touch, up to "
            + "`maxDelay` after its creation, never earlier than before. Its own delay is the `delay` that it was created with or last "
            + "changed to, or, if it was given a `dueAt`, the time from its creation until then. It is never pushed out beyond "
            + "`expiresAt`: touched until then, it ends expired instead of firing; `maxAge` moves with it. 409 if it is being fired, "
            + "was fired, or has finished.")
        .ProducesControl(KeyVerb.Write);

    public static Decision Decide(TimerRecord row, DateTimeOffset now)
    {
        if (ChangeTimer.Refusal(row) is { } refusal)
        {
            return refusal;
        }

        if (row.Attempts > 0)
        {
            return Decision.Refuse("It was fired already, and waits for its next attempt.");
        }

        var delay = row.OwnDelay;
        var due = Instants.CeilingToMilliseconds(now + delay);
        if (row.Spec.MaxDelay is { } max && Instants.CeilingToMilliseconds(row.TouchFrom + max) is var last && last < due)
        {
            due = last;
        }

        if (row.Spec.ExpiresAt < due)
        {
            due = row.Spec.ExpiresAt.Value;
        }

        return due <= row.DueAt ? Decision.Nothing
            : new Decision(row.PromisedFor(due) with { Spec = row.Spec with { TouchDelay = delay }, Version = row.Version + 1 });
    }
}
