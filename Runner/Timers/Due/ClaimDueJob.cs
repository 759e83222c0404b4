using Quartz;
using Runner.Jobs;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Polls for due timers at every interval.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimDueJob([FromKeyedServices(Lane.OnTime)] ClaimPass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
