using System.Diagnostics.Metrics;
using Contracts.Timers;
using Infrastructure.Hosting;

namespace Runner.Timers.Delivery;

/// <summary>The Runner's metrics; docs/telemetry.md lists the names, which are part of the contract.</summary>
internal sealed class RunnerMetrics
{
    public const string MeterName = "timers.runner";

    /// <summary>Buckets in seconds, from a timely wake-up to an outage: the defaults are made for milliseconds.</summary>
    private static readonly InstrumentAdvice<double> LatenessBounds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    };

    /// <summary>The buckets of OpenTelemetry's conventions for HTTP clients, up to the maximum time-out.</summary>
    private static readonly InstrumentAdvice<double> DurationBounds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60],
    };

    private readonly Histogram<double> lateness;
    private readonly Histogram<double> duration;
    private readonly Counter<long> attempts;
    private readonly Counter<long> expired;

    private readonly TenantLabels tenants = new();

    private readonly Meter meter;

    public RunnerMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        lateness = meter.CreateHistogram<double>(
            "timers.firing.lateness", "s", "Start of an attempt minus the instant it was for.", tags: null, LatenessBounds);
        duration = meter.CreateHistogram<double>(
            "timers.attempt.duration", "s", "Start of an attempt to the end of the answer.", tags: null, DurationBounds);
        attempts = meter.CreateCounter<long>("timers.attempts", "{attempt}", "Attempts, by what they meant for the timer, and by tenant.");
        expired = meter.CreateCounter<long>("timers.expired", "{timer}", "Timers that this Runner found expired, by tenant.");
    }

    /// <summary>Timers claimed and in memory.</summary>
    public void ObserveArmed(Func<int> count) =>
        meter.CreateObservableGauge("timers.armed", count, "{timer}", "Timers claimed and in memory.");

    /// <summary>Requests in flight to receivers.</summary>
    public void ObserveInFlight(Func<int> count) =>
        meter.CreateObservableGauge("timers.inflight", count, "{request}", "Requests under way to receivers.");

    /// <summary>Webhooks that a kill would repeat.</summary>
    public void ObserveExposed(Func<int> count) => meter.CreateObservableGauge(
        "timers.exposed", count, "{webhook}", "Webhooks that were answered, or are about to be, and whose outcomes are not on disk yet.");

    /// <summary>Whether the journal keeps no outcomes, although there is one.</summary>
    public void ObserveJournal(Func<bool> isOff) => meter.CreateObservableGauge(
        "timers.journal.off", () => isOff() ? 1 : 0, unit: null, "1 while the journal keeps no outcomes, so that a kill repeats more.");

    /// <summary>Timers were found expired, and end unsent.</summary>
    public void Expired(string tenant, int count) => expired.Add(count, tenants.Of(tenant));

    public void Attempted(string tenant, AttemptRecord attempt, TimerState state)
    {
        lateness.Record(attempt.Lateness.TotalSeconds);
        duration.Record(attempt.Latency.TotalSeconds);
        var outcome = state switch
        {
            TimerState.Scheduled => "retry",
            TimerState.Succeeded => "succeeded",
            TimerState.Failed => "failed",
            _ => "ambiguous",
        };
        attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome), tenants.Of(tenant));
    }
}
