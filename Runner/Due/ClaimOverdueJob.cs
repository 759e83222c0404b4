using Quartz;

namespace Runner.Due;

/// <summary>Drains what fell due while nobody was there, beside the lane of what is on time.</summary>
[DisallowConcurrentExecution]
internal sealed class ClaimOverdueJob([FromKeyedServices(Lane.Overdue)] ClaimPass pass, ILogger<ClaimOverdueJob> logger) : PassJob(logger)
{
    protected override Task RunAsync(CancellationToken cancellationToken) => pass.RunOnceAsync(cancellationToken);
}
