using System.Diagnostics.Metrics;
using Infrastructure.Hosting;

namespace Producer.Live;

/// <summary>Metrics of live streams; docs/telemetry.md tabulates them.</summary>
internal sealed class LiveMetrics
{
    public const string MeterName = "timers.producer";

    private readonly UpDownCounter<long> open;
    private readonly Counter<long> overruns;
    private readonly TenantLabels tenants = new();

    public LiveMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        open = meter.CreateUpDownCounter<long>("timers.live.streams", "{stream}", "Live streams that are open, by feed and tenant.");
        overruns = meter.CreateCounter<long>(
            "timers.live.overruns", "{snapshot}", "Snapshots that were sent again: to slow clients, or after a gap.");
    }

    public void Opened(string feed, string tenant) => open.Add(1, Of(feed), tenants.Of(tenant));

    public void Closed(string feed, string tenant) => open.Add(-1, Of(feed), tenants.Of(tenant));

    public void Overrun(string feed) => overruns.Add(1, Of(feed));

    private static KeyValuePair<string, object?> Of(string feed) => new("feed", feed);
}
