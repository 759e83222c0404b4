using Quartz;
using Runner.Jobs;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Drains timers that fell due during an outage, beside the lane of timers that are on time.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimOverdueJob([FromKeyedServices(Lane.Overdue)] ClaimPass pass, OverdueRest rest, StoreOutage outage)
    : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => rest.PollAsync(() => pass.RunOnceAsync(cancellationToken));
}
