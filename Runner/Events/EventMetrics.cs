using System.Diagnostics.Metrics;

namespace Runner.Events;

/// <summary>Metrics of events' upkeep; docs/telemetry.md tabulates them.</summary>
internal sealed class EventMetrics
{
    private readonly Counter<long> compared;
    private readonly Counter<long> drifted;
    private readonly Counter<long> purged;

    public EventMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("timers.runner");
        compared = meter.CreateCounter<long>("timers.rollups.checked", "{rollup}", "Rollups that were compared with the raw events.");
        drifted = meter.CreateCounter<long>("timers.rollups.drifted", "{rollup}", "Rollups that differed from the raw events.");
        purged = meter.CreateCounter<long>("timers.events.purged", "{event}", "Raw events that were deleted by their age.");
    }

    public void Checked(string slice, int count) => compared.Add(count, Of(slice));

    public void Drifted(string slice) => drifted.Add(1, Of(slice));

    public void Purged(string slice, long count) => purged.Add(count, Of(slice));

    private static KeyValuePair<string, object?> Of(string slice) => new("slice", slice);
}
