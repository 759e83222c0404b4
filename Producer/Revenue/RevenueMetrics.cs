using System.Diagnostics.Metrics;
using Producer.Live;

namespace Producer.Revenue;

/// <summary>Metrics of the revenue routes; docs/telemetry.md tabulates them.</summary>
internal sealed class RevenueMetrics(IMeterFactory meters)
{
    private readonly Counter<long> ignored = meters.Create(LiveMetrics.MeterName).CreateCounter<long>(
        "timers.revenue.ignored", "{event}", "Events of names that are not registered, which the first service's route ignores.");

    public void Ignored() => ignored.Add(1);
}
