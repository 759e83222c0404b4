using System.Diagnostics.Metrics;
using Contracts.Schedules;

namespace Runner.Schedules;

/// <summary>Metrics of schedules; docs/telemetry.md tabulates them.</summary>
internal sealed class ScheduleMetrics
{
    private readonly Counter<long> made;
    private readonly Counter<long> skipped;

    public ScheduleMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("timers.runner");
        made = meter.CreateCounter<long>("timers.schedules.runs", "{run}", "Runs of schedules that were made into timers.");
        skipped = meter.CreateCounter<long>("timers.schedules.skipped", "{run}", "Runs of schedules that were skipped, by reason.");
    }

    public void Made(int count) => made.Add(count);

    public void Skipped(MissedRuns runs) => skipped.Add(runs.Count, new KeyValuePair<string, object?>("reason", runs.Reason switch
    {
        MissReason.Misfire => "misfire",
        MissReason.CatchUp => "catchUp",
        MissReason.Overlap => "overlap",
        _ => "requested",
    }));
}
