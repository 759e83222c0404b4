using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer.Timers;

/// <summary>GET /timers/{id}/attempts: all attempts of one timer.</summary>
internal static class ListAttempts
{
    public static void MapListAttempts(this IEndpointRouteBuilder timers) => timers.MapGet("/{id}/attempts", HandleAsync)
        .WithName("listAttempts")
        .WithSummary("Read a timer's attempts")
        .WithDescription("All attempts, oldest first, each with the first 4 KiB of the receiver's response.")
        .Produces<AttemptList>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<JsonAnswer<AttemptList>, ProblemHttpResult>> HandleAsync(
        string id, HttpContext context, ITimerStore store, TimerReads reads, CancellationToken cancellationToken)
    {
        if (TimerPath.Parse(context, id, out var address) is { } problem)
        {
            return problem;
        }

        var attempts = await store.FindAttemptsAsync(address.Tenant, address.Key, cancellationToken);
        if (attempts.Count == 0 && await reads.FindRowAsync(address, cancellationToken) is null)
        {
            return TimerProblems.NotFound(id);
        }

        return new JsonAnswer<AttemptList>(
            new AttemptList([.. attempts.Select(AttemptResource.From)]), TimerResourcesJson.Http.AttemptList);
    }
}

/// <summary>Attempts of one timer.</summary>
/// <param name="Items">Oldest first.</param>
internal sealed record AttemptList(IReadOnlyList<AttemptResource> Items);
