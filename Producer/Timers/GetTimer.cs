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
        .WithDescription("The timer with its latest attempt. Use the ETag for If-Match, or for If-None-Match: 304 while it is the same. "
            + "While the store is down a copy may be returned, with `Cache-Status: …; detail=stale` and its `Age`.")
        .Produces<TimerResource>()
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<JsonAnswer<TimerResource>, StatusCodeHttpResult, ProblemHttpResult>> HandleAsync(
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
        var tag = EntityTags.Of(found.Row.Version);
        context.Response.Headers.ETag = tag;
        found.Mark(context.Response, now);
        if (EntityTags.IsKnown(context.Request, tag))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        return new JsonAnswer<TimerResource>(
            TimerResource.From(found.Row, now, found.Copy.LastAttempt), TimerResourcesJson.Http.TimerResource);
    }
}
