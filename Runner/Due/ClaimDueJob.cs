using Contracts.Storage;
using Quartz;

namespace Runner.Due;

/// <summary>Looks at the store on every interval, in both lanes.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ClaimDueJob(
    [FromKeyedServices(Lane.OnTime)] ClaimPass pass, ILogger<ClaimDueJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await pass.RunOnceAsync(cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            // The next run tries again; nothing is lost but time.
            LogStoreUnavailable(error.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is not an error.
        }
    }

    [LoggerMessage(3002, LogLevel.Warning, "Timers cannot be claimed: {Reason} Trying again")]
    private partial void LogStoreUnavailable(string reason);
}
