using Contracts.Storage;
using Contracts.Timers;
using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Upkeep;

/// <summary>Gives the store its turns for what it keeps up by itself.</summary>
[DisallowConcurrentExecution]
internal sealed class MaintainJob(IDueTimers store, IStoreClock clock, StoreOutage outage) : PassJob(outage)
{
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && await store.MaintainAsync(clock.Now, cancellationToken))
        {
            // In steps: between two of them others have their turn.
        }
    }
}
