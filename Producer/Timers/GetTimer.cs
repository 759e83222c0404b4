using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>GET /timers/{id}: everything about one timer.</summary>
internal static class GetTimer
{
    public static void MapGetTimer(this IEndpointRouteBuilder timers) => timers.MapGet("/{id}", HandleAsync)
        .WithName("getTimer")
        .WithSummary("Read a timer")
        .WithDescription("Everything about it, with its latest attempt. The ETag serves If-Match.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<TimerResource>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, ITimerStore store, IStoreClock clock, CancellationToken cancellationToken)
    {
        if (TimerPath.Parse(id, out var key) is { } problem)
        {
            return problem;
        }

        if (await store.FindAsync([key], cancellationToken) is not [var row])
        {
            return Problems.NotFound(id);
        }

        var last = row.Attempts == 0 ? null : await store.FindLastAttemptAsync(key, cancellationToken);
        context.Response.Headers.ETag = EntityTags.Of(row.Version);
        return TypedResults.Ok(TimerResource.From(row, clock.Now, last));
    }
}
