using Quartz;
using Runner.Jobs;

namespace Runner.Events;

/// <summary>Deletes a slice's events that are older than its retention.</summary>
[DisallowConcurrentExecution]
internal sealed class PurgeEventsJob<TSlice>(TSlice slice, EventUpkeep upkeep, StoreOutage outage) : PassJob(outage)
    where TSlice : IEventUpkeep
{
    protected override Task RunAsync(CancellationToken cancellationToken) => upkeep.PurgeAsync(slice, cancellationToken);
}
