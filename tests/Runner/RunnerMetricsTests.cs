using System.Diagnostics.Metrics;
using Contracts.Timers;
using Infrastructure.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

public sealed class RunnerMetricsTests
{
    [Test]
    public void Lateness_and_duration_have_bounds_that_tell_milliseconds_apart()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var text = new PrometheusText();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(RunnerMetrics.MeterName).AddReader(text.Reader).Build();
        var metrics = new RunnerMetrics(services.GetRequiredService<IMeterFactory>());
        var attempt = new AttemptRecord
        {
            Occurrence = 1,
            Number = 1,
            StartedAt = Clocks.Noon,
            Lateness = TimeSpan.FromMilliseconds(1.5),
            Latency = TimeSpan.FromMilliseconds(30),
            Status = 204,
        };

        metrics.Attempted(attempt, TimerState.Succeeded);

        Assert.That(text.Write(), Does.Contain("lateness_seconds_bucket{le=\"0.001\"} 0").And.Contain("lateness_seconds_bucket{le=\"0.002\"} 1")
            .And.Contain("duration_seconds_bucket{le=\"0.025\"} 0").And.Contain("duration_seconds_bucket{le=\"0.05\"} 1"));
    }
}
