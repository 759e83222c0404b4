using Contracts.Access;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>DELETE /timers/{id}: cancels a timer that has not finished, and erases one that has.</summary>
internal static class DeleteTimer
{
    public static void MapDeleteTimer(this IEndpointRouteBuilder timers) => timers.MapDelete("/{id}", HandleAsync)
        .WithName("deleteTimer")
        .WithSummary("Cancel a timer, or erase one that has finished")
        .WithDescription(
            "A timer that has not finished is cancelled, as by `POST …/cancel`: 200, or 202 while an attempt is in flight. One that has "
            + "succeeded, failed, expired or been cancelled is erased with its attempts: 204, and its id or `Idempotency-Key` is free "
            + "again. So repeating the request erases what it has cancelled; send `If-Match` to do one or the other only. 404 if there is "
            + "none.")
        .Needs(KeyVerb.Control)
        .Produces<TimerResource>()
        .Produces<TimerResource>(StatusCodes.Status202Accepted)
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    public static Decision Decide(TimerRecord row, DateTimeOffset now) =>
        TimerLifecycle.IsFinished(row.State) ? Decision.Erase : CancelTimer.Decide(row, now);

    private static async Task<Results<JsonAnswer<TimerResource>, NoContent, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, TimerControl control, IStoreClock clock, CancellationToken cancellationToken)
    {
        var (result, problem) = await ControlEndpoint.ExecuteAsync(
            id, context, control, row => Decide(row, clock.Now), cancellationToken);
        return problem is not null ? problem
            : result!.Outcome == ControlOutcome.Erased ? TypedResults.NoContent()
            : ControlEndpoint.Answer(context, result, clock.Now);
    }
}
