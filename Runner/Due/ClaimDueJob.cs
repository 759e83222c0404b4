using Quartz;

namespace Runner.Due;

/// <summary>Looks on every interval for what falls due.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimDueJob([FromKeyedServices(Lane.OnTime)] ClaimPass pass, ILogger<ClaimDueJob> logger) : PassJob(logger)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
