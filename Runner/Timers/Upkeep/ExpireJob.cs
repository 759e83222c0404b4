using Quartz;
using Runner.Jobs;

namespace Runner.Timers.Upkeep;

/// <summary>Ends paused timers that have expired.</summary>
[DisallowConcurrentExecution]
internal sealed class ExpireJob(ExpirePass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
