using Contracts.Storage;
using Quartz;

namespace Runner.Due;

/// <summary>Drains what fell due while nobody was there, beside the lane of what is on time.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ClaimOverdueJob(
    [FromKeyedServices(Lane.Overdue)] ClaimPass pass, ILogger<ClaimOverdueJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await pass.RunOnceAsync(cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            LogStoreUnavailable(error.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is not an error.
        }
    }

    [LoggerMessage(3003, LogLevel.Warning, "Overdue timers cannot be claimed: {Reason} Trying again")]
    private partial void LogStoreUnavailable(string reason);
}
