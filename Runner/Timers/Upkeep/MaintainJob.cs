using Contracts.Storage;
using Contracts.Timers;
using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Upkeep;

/// <summary>Runs the store's own maintenance.</summary>
[DisallowConcurrentExecution]
internal sealed class MaintainJob(IDueTimers store, IStoreClock clock, StoreOutage outage) : PassJob(outage)
{
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && await store.MaintainAsync(clock.Now, cancellationToken))
        {
            // In steps, so that other work can run in between.
        }
    }
}
