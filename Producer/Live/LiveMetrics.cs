using System.Diagnostics.Metrics;

namespace Producer.Live;

/// <summary>Metrics of live streams; docs/telemetry.md tabulates them.</summary>
internal sealed class LiveMetrics
{
    public const string MeterName = "timers.producer";

    private readonly UpDownCounter<long> open;
    private readonly Counter<long> overruns;

    public LiveMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        open = meter.CreateUpDownCounter<long>("timers.live.streams", "{stream}", "Live streams that are open.");
        overruns = meter.CreateCounter<long>(
            "timers.live.overruns", "{snapshot}", "Snapshots that were sent again: to slow clients, or after a gap.");
    }

    public void Opened(string feed) => open.Add(1, Of(feed));

    public void Closed(string feed) => open.Add(-1, Of(feed));

    public void Overrun(string feed) => overruns.Add(1, Of(feed));

    private static KeyValuePair<string, object?> Of(string feed) => new("feed", feed);
}
