using Quartz;
using Runner.Jobs;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Drains what fell due while nobody was there, beside the lane of what is on time.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimOverdueJob([FromKeyedServices(Lane.Overdue)] ClaimPass pass, StoreOutage outage) : PassJob(outage)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
