using Contracts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>GET /timers/{id}: everything about one timer.</summary>
internal static class GetTimer
{
    public static void MapGetTimer(this IEndpointRouteBuilder timers) => timers.MapGet("/{id}", HandleAsync)
        .WithName("getTimer")
        .WithSummary("Read a timer")
        .WithDescription("The timer with its latest attempt. Use the ETag for If-Match. While the store is down a copy may be "
            + "returned, with `Cache-Status: …; detail=stale` and its `Age`.")
        .Produces<TimerResource>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<JsonAnswer<TimerResource>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, TimerReads reads, IStoreClock clock, CancellationToken cancellationToken)
    {
        if (TimerPath.Parse(context, id, out var address) is { } problem)
        {
            return problem;
        }

        if (await reads.FindAsync(address, cancellationToken) is not { } found)
        {
            return TimerProblems.NotFound(id);
        }

        var now = clock.Now;
        context.Response.Headers.ETag = EntityTags.Of(found.Row.Version);
        found.Mark(context.Response, now);
        return new JsonAnswer<TimerResource>(
            TimerResource.From(found.Row, now, found.Copy.LastAttempt), TimerResourcesJson.Http.TimerResource);
    }
}
