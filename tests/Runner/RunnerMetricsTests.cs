using System.Diagnostics.Metrics;
using Contracts.Timers;
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
        var measured = new List<Metric>();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(RunnerMetrics.MeterName).AddInMemoryExporter(measured).Build();
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

        metrics.Attempted("default", attempt, TimerState.Succeeded);
        provider.ForceFlush();

        Assert.That(BoundOf(measured, "timers.firing.lateness"), Is.EqualTo(0.002));
        Assert.That(BoundOf(measured, "timers.attempt.duration"), Is.EqualTo(0.05));
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public void Whether_the_journal_is_off_can_be_seen(bool isOff, long value)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var measured = new List<Metric>();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(RunnerMetrics.MeterName).AddInMemoryExporter(measured).Build();

        new RunnerMetrics(services.GetRequiredService<IMeterFactory>()).ObserveJournal(() => isOff);
        provider.ForceFlush();

        foreach (ref readonly var point in measured.Single(metric => metric.Name == "timers.journal.off").GetMetricPoints())
        {
            Assert.That(point.GetGaugeLastValueLong(), Is.EqualTo(value));
        }
    }

    /// <summary>The upper bound of the one bucket that something fell into.</summary>
    private static double BoundOf(List<Metric> measured, string name)
    {
        foreach (ref readonly var point in measured.Single(metric => metric.Name == name).GetMetricPoints())
        {
            foreach (var bucket in point.GetHistogramBuckets())
            {
                if (bucket.BucketCount == 1)
                {
                    return bucket.ExplicitBound;
                }
            }
        }

        return double.NaN;
    }
}
