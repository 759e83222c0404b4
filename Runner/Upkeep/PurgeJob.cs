using Contracts.Storage;
using Quartz;

namespace Runner.Upkeep;

/// <summary>Applies the retention.</summary>
[DisallowConcurrentExecution]
internal sealed partial class PurgeJob(PurgePass pass, ILogger<PurgeJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var purged = await pass.RunOnceAsync(cancellationToken);
            if (purged > 0)
            {
                LogPurged(purged);
            }
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

    [LoggerMessage(3201, LogLevel.Information, "Purged {Count} finished timers")]
    private partial void LogPurged(int count);

    [LoggerMessage(3202, LogLevel.Warning, "Finished timers cannot be purged: {Reason} Trying again")]
    private partial void LogStoreUnavailable(string reason);
}
