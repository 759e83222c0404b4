using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Infrastructure.Hosting;

/// <summary>Whether the service lives, and whether it can serve.</summary>
public static class Health
{
    /// <summary>The release.</summary>
    public static string Version { get; } = typeof(Health).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Bound on one check: whoever asks has a bound, too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Maps GET /health, /health/live and /health/ready.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").WithTags("Health");
        health.MapGet("/health", Live).WithName("health").WithSummary("Alive (compatibility)");
        health.MapGet("/health/live", Live).WithName("live").WithSummary("Alive, with the version")
            .WithDescription("Says that the process answers; restart it when this fails.");
        health.MapGet("/health/ready", ReadyAsync).WithName("ready").WithSummary("Able to serve")
            .WithDescription("200 while at least one engine serves, with what each one says; send no requests while this fails.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<HealthAnswer> Live() => TypedResults.Ok(new HealthAnswer("ok", Version));

    private static async Task<Results<Ok<HealthAnswer>, ProblemHttpResult>> ReadyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var checks = context.RequestServices.GetServices<IReadinessCheck>().ToList();
        var faults = await Task.WhenAll(checks.Select(check => FindFaultAsync(check, cancellationToken)));
        var engines = checks.Zip(faults).Where(each => !each.First.IsVital).ToList();
        if (checks.Zip(faults).Any(each => each is { First.IsVital: true, Second: not null })
            || (engines.Count > 0 && engines.TrueForAll(each => each.Second is not null)))
        {
            return TypedResults.Problem(
                title: "The service cannot do that at the moment.",
                detail: string.Join(' ', faults.OfType<string>().Distinct(StringComparer.Ordinal)),
                statusCode: StatusCodes.Status503ServiceUnavailable,
                extensions: new Dictionary<string, object?> { ["outcome"] = "refused" });
        }

        var answer = new HealthAnswer(faults.Any(fault => fault is not null) ? "degraded" : "ready", Version)
        {
            Checks = checks.Zip(faults).ToDictionary(each => each.First.Name, each => each.Second ?? "ok"),
        };
        return TypedResults.Ok(answer);
    }

    private static async Task<string?> FindFaultAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.FindFaultAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return $"The {check.Name} does not answer.";
        }
    }
}
