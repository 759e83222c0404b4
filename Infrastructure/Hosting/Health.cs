using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Infrastructure.Hosting;

/// <summary>Liveness and readiness, based on ASP.NET Core's health checks.</summary>
public static class Health
{
    /// <summary>The release.</summary>
    public static string Version { get; } = typeof(Health).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Maps GET /health, /health/live and /health/ready.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        // The framework's own MapHealthChecks has no place in an OpenAPI document, and no rule for engines of which one may be missing.
        var health = app.MapGroup("").WithTags("Health").AllowAnonymous().WithHead();
        health.MapGet("/health", Live).WithName("health").WithSummary("Alive (compatibility)");
        health.MapGet("/health/live", Live).WithName("live").WithSummary("Alive, with the version")
            .WithDescription("The process responds; restart it when this fails.");
        health.MapGet("/health/ready", ReadyAsync).WithName("ready").WithSummary("Able to serve")
            .WithDescription(
                "200 while at least one engine works, else 503; send no requests while this fails. The results of the checks are shown to "
                + "callers on the same machine and to keys with the scope `metrics`.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<HealthAnswer> Live() => TypedResults.Ok(new HealthAnswer("ok", Version));

    private static async Task<Results<Ok<HealthAnswer>, ProblemHttpResult>> ReadyAsync(
        HttpContext context, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var report = await services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains(ReadinessCheck.Tag), cancellationToken);
        var engines = services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations
            .Where(check => check.FailureStatus == HealthStatus.Degraded && !check.Tags.Contains(ReadinessCheck.Warning)
                && report.Entries.ContainsKey(check.Name))
            .ToList();
        var told = services.GetService<IRequestGate>()?.AllowsDetails(context) == false ? null : Told(report);
        var failed = report.Entries.Values.Where(check => check.Status != HealthStatus.Healthy).ToList();
        if (report.Status == HealthStatus.Unhealthy
            || (engines.Count > 0 && engines.TrueForAll(engine => report.Entries[engine.Name].Status != HealthStatus.Healthy)))
        {
            return TypedResults.Problem(
                title: "The service is not ready.",
                detail: told is null ? "A check fails; who may see the metrics is told which."
                    : string.Join(' ', failed.Select(check => check.Description).Distinct(StringComparer.Ordinal)),
                statusCode: StatusCodes.Status503ServiceUnavailable,
                extensions: told is null ? new Dictionary<string, object?> { ["outcome"] = "refused" }
                    : new Dictionary<string, object?> { ["outcome"] = "refused", ["checks"] = told });
        }

        return TypedResults.Ok(new HealthAnswer(failed.Count > 0 ? "degraded" : "ready", Version) { Checks = told });
    }

    private static Dictionary<string, string> Told(HealthReport report) =>
        report.Entries.ToDictionary(check => check.Key, check => check.Value.Description ?? "ok");
}
