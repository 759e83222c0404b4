using Quartz;
using Runner.Jobs;

namespace Runner.Events;

/// <summary>Compares a slice's rollups with its raw events.</summary>
[DisallowConcurrentExecution]
internal sealed class CompareRollupsJob<TSlice>(TSlice slice, EventUpkeep upkeep, StoreOutage outage) : PassJob(outage)
    where TSlice : IEventUpkeep
{
    protected override Task RunAsync(CancellationToken cancellationToken) => upkeep.CompareAsync(slice, cancellationToken);
}
