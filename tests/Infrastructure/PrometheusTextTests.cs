using System.Diagnostics.Metrics;
using Infrastructure.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Tests.Infrastructure;

public sealed class PrometheusTextTests
{
    private Meter meter = null!;
    private PrometheusText text = null!;
    private MeterProvider provider = null!;

    [SetUp]
    public void Start()
    {
        meter = new Meter("timers.test");
        text = new PrometheusText();
        provider = Sdk.CreateMeterProviderBuilder().AddMeter("timers.test").AddReader(text.Reader).Build();
    }

    [TearDown]
    public void Stop()
    {
        provider.Dispose();
        text.Dispose();
        meter.Dispose();
    }

    [Test]
    public void Write_of_a_counter_names_it_total_and_labels_its_points()
    {
        var counter = meter.CreateCounter<long>("timers.attempts", "{attempt}", "All attempts.");
        counter.Add(2, new KeyValuePair<string, object?>("outcome.kind", "retry"));
        counter.Add(3, new KeyValuePair<string, object?>("outcome.kind", "failed"));

        var lines = Lines();

        Assert.That(lines[..2], Is.EqualTo(["# HELP timers_attempts_total All attempts.", "# TYPE timers_attempts_total counter"]));
        Assert.That(lines[2..], Is.EquivalentTo(["timers_attempts_total{outcome_kind=\"retry\"} 2", "timers_attempts_total{outcome_kind=\"failed\"} 3"]));
    }

    [Test]
    public void Write_of_a_histogram_accumulates_its_buckets_in_seconds()
    {
        var histogram = meter.CreateHistogram(
            "timers.lateness", "s", "How late.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var seconds in new[] { 0.25, 0.5, 0.75, 4 })
        {
            histogram.Record(seconds);
        }

        Assert.That(Lines(), Is.EqualTo(
        [
            "# HELP timers_lateness_seconds How late.",
            "# TYPE timers_lateness_seconds histogram",
            "timers_lateness_seconds_bucket{le=\"0.5\"} 2",
            "timers_lateness_seconds_bucket{le=\"1\"} 3",
            "timers_lateness_seconds_bucket{le=\"+Inf\"} 4",
            "timers_lateness_seconds_sum 5.5",
            "timers_lateness_seconds_count 4",
        ]));
    }

    [Test]
    public void Write_of_what_goes_up_and_down_is_a_gauge()
    {
        meter.CreateUpDownCounter<long>("timers.in-flight", description: "Now.").Add(-4);
        meter.CreateObservableGauge("timers.share", () => 0.125, description: "Part.");

        Assert.That(Lines(), Is.SupersetOf(["# TYPE timers_in_flight gauge", "timers_in_flight -4", "# TYPE timers_share gauge", "timers_share 0.125"]));
    }

    [Test]
    public void Write_of_labels_escapes_what_would_end_them()
    {
        meter.CreateCounter<double>("timers.odd").Add(1.5, new KeyValuePair<string, object?>("text", "a\"b\\c\nd"));

        Assert.That(Lines(), Does.Contain("timers_odd_total{text=\"a\\\"b\\\\c\\nd\"} 1.5"));
    }

    [Test]
    public void Write_again_says_the_totals_again()
    {
        var counter = meter.CreateCounter<long>("timers.twice");
        counter.Add(1);
        text.Write();
        counter.Add(1);

        Assert.That(Lines(), Does.Contain("timers_twice_total 2"));
    }

    private string[] Lines() => text.Write().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
