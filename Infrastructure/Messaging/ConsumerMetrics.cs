using System.Diagnostics.Metrics;
using Infrastructure.Hosting;

namespace Infrastructure.Messaging;

/// <summary>The Consumer's metrics; docs/telemetry.md lists the names, which are part of the contract.</summary>
internal sealed class ConsumerMetrics
{
    public const string MeterName = "timers.consumer";

    private readonly Counter<long> consumed;
    private readonly Counter<long> deadLettered;
    private readonly TenantLabels tenants = new();
    private readonly Meter meter;

    public ConsumerMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        consumed = meter.CreateCounter<long>("timers.consumed", "{message}", "Messages whose effects are stored, by topic.");
        deadLettered = meter.CreateCounter<long>(
            "timers.deadlettered", "{message}", "Messages that could not be applied, by topic and tenant.");
    }

    public void Consumed(string topic, int messages) => consumed.Add(messages, new KeyValuePair<string, object?>("topic", topic));

    public void DeadLettered(string topic, string tenant) =>
        deadLettered.Add(1, new KeyValuePair<string, object?>("topic", topic), tenants.Of(tenant));

    /// <summary>Messages on the log that this process has yet to apply.</summary>
    public void ObserveLag(string topic, Func<long> lag) => meter.CreateObservableGauge(
        "timers.consumer.lag", () => new Measurement<long>(lag(), new KeyValuePair<string, object?>("topic", topic)),
        "{message}", "Messages on this process's partitions that it has yet to apply, by topic.");
}
