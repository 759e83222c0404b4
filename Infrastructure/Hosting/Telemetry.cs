using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Infrastructure.Hosting;

/// <summary>Metrics: pulled at /metrics in Prometheus' text format, pushed by OTLP when an endpoint is configured.</summary>
public static class Telemetry
{
    /// <summary>Names that carry the platform's own instruments.</summary>
    private const string OwnMeters = "timers.*";

    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    internal static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, string service)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton(provider =>
        {
            var builder = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(resource => resource.AddService(service))
                .AddMeter(OwnMeters, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddReader(provider.GetRequiredService<PrometheusText>().Reader);
            if (configuration[OtlpEndpoint] is { Length: > 0 } endpoint)
            {
                if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                {
                    throw new StartupException($"{OtlpEndpoint} must be an absolute http or https address; it is '{endpoint}'.");
                }

                builder.AddOtlpExporter();
            }

            return builder.Build();
        });
        services.AddHostedService<StartMetrics>();
    }

    /// <summary>Maps GET /metrics.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app) => app
        .MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.Write(), PrometheusText.ContentType))
        .WithName("metrics")
        .WithTags("Health")
        .WithSummary("Metrics in Prometheus' text format")
        .Produces<string>(StatusCodes.Status200OK, "text/plain");

    /// <summary>Instruments count from the moment that the provider exists, so it is made at the start.</summary>
    private sealed class StartMetrics(MeterProvider provider) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            provider.ForceFlush(1_000);
            return Task.CompletedTask;
        }
    }
}
