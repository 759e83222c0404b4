using Quartz;
using Runner.Jobs;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Drains timers that fell due during an outage, beside the lane of timers that are on time.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimOverdueJob([FromKeyedServices(Lane.Overdue)] ClaimPass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
