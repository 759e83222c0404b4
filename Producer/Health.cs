using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http.HttpResults;
using Producer.Http;

namespace Producer;

/// <summary>Whether the service lives, and whether it can serve.</summary>
internal static class Health
{
    public static readonly string Version = typeof(Health).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").WithTags("Health");
        health.MapGet("/health", Live).WithName("health").WithSummary("Alive (compatibility)");
        health.MapGet("/health/live", Live).WithName("live").WithSummary("Alive, with the version")
            .WithDescription("Says that the process answers; restart it when this fails.");
        health.MapGet("/health/ready", ReadyAsync).WithName("ready").WithSummary("Able to serve")
            .WithDescription("Says that the store answers; send no requests while this fails.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<HealthAnswer> Live() => TypedResults.Ok(new HealthAnswer("ok", Version));

    private static async Task<Results<Ok<HealthAnswer>, ProblemHttpResult>> ReadyAsync(ITimerStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.CountAsync(cancellationToken);
            return TypedResults.Ok(new HealthAnswer("ready", Version));
        }
        catch (StoreUnavailableException unavailable)
        {
            return Problems.Unavailable(unavailable.Outcome, unavailable.Message);
        }
    }
}

/// <summary>How the service is.</summary>
/// <param name="Status">ok or ready.</param>
/// <param name="Version">The release.</param>
internal sealed record HealthAnswer(string Status, string Version);
