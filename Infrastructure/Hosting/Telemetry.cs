using System.Diagnostics;
using System.Diagnostics.Metrics;
using Contracts.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MongoDB.Driver;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Infrastructure.Hosting;

/// <summary>
/// OpenTelemetry: metrics at /metrics in Prometheus' format; metrics, traces and logs by OTLP when an endpoint is configured.
/// </summary>
public static class Telemetry
{
    /// <summary>Names that carry the platform's own instruments and spans.</summary>
    private const string Own = "timers.*";

    /// <summary>Not the receivers' addresses, which would make a series of each.</summary>
    private static readonly string[] ClientLabels = ["http.request.method", "http.response.status_code", "error.type"];

    /// <summary>
    /// ASP.NET Core's own instruments of requests and connections. The instrumentation package would add those of routing and of Kestrel's
    /// buffers, which count every request several times over, and a step in each request's pipeline: a tenth of a create.
    /// </summary>
    private static readonly string[] ServerMeters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Diagnostics"];

    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    internal static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, string service)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: Health.Version))
            .WithMetrics(metrics => metrics
                .AddMeter(Own)
                .AddMeter(ServerMeters)
                .AddHttpClientInstrumentation()
                .AddView(ViewOfClient)
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        // Labels that name the meter would make every series longer and tell what its name tells.
        services.Configure<PrometheusAspNetCoreOptions>(prometheus => prometheus.ScopeInfoEnabled = false);
        if (configuration[OtlpEndpoint] is not { Length: > 0 } endpoint)
        {
            services.AddHostedService<FollowGivenTraces>();
            return;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            var faults = new StartFaults();
            faults.Add([$"{OtlpEndpoint} must be an absolute http or https address; it is '{endpoint}'."]);
            services.AddSingleton(faults);
            return;
        }

        telemetry
            .WithTracing(tracing => AddSpans(tracing))
            .WithLogging()
            .UseOtlpExporter();
    }

    /// <summary>The spans that are exported; those of Redis need its connection, too.</summary>
    internal static TracerProviderBuilder AddSpans(TracerProviderBuilder traces) => traces
        .AddSource(Own, MongoTelemetry.ActivitySourceName)
        .AddProcessor(new CallsWithoutTrace())
        .AddAspNetCoreInstrumentation(requests => requests.Filter = IsOfInterest)
        .AddHttpClientInstrumentation()
        .AddRedisInstrumentation();

    /// <summary>
    /// Of the HTTP client only how long requests take: its other instruments count each webhook six times over, and the Runner's own say
    /// how many are in flight. And only of clients that were given the services' meters, as the one that sends webhooks is: the OTLP
    /// exporter and whoever fetches tokens use .NET's own meter, which has no scope.
    /// </summary>
    private static MetricStreamConfiguration? ViewOfClient(Instrument instrument) => instrument.Meter.Name != "System.Net.Http" ? null
        : instrument is { Name: "http.client.request.duration", Meter.Scope: not null }
            ? new MetricStreamConfiguration { TagKeys = ClientLabels }
        : MetricStreamConfiguration.Drop;

    /// <summary>Maps GET /metrics.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app) => app
        .MapPrometheusScrapingEndpoint("/metrics")

        // A pipeline has no place in an OpenAPI document; a method that stands for it has.
        .WithMetadata(((Func<string>)Metrics).Method, new HttpMethodMetadata([HttpMethods.Get]), new RouteAccess(null, KeyVerb.Metrics))
        .WithName("metrics")
        .WithTags("Health")
        .WithSummary("Metrics in Prometheus' text format")
        .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]));

    private static string Metrics() => throw new NotSupportedException("The exporter answers.");

    /// <summary>Monitoring polls these routes all the time.</summary>
    private static bool IsOfInterest(HttpContext request) =>
        !request.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
            && !request.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal);

    /// <summary>
    /// Without an exporter nobody sees spans of ours: only traces that a request brought are followed, through to the webhook.
    /// </summary>
    private sealed class FollowGivenTraces : IHostedService, IDisposable
    {
        private readonly ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == default ? ActivitySamplingResult.None
                : options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData,
        };

        public Task StartAsync(CancellationToken cancellationToken)
        {
            ActivitySource.AddActivityListener(listener);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => listener.Dispose();
    }
}
