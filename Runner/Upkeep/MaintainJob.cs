using Contracts.Storage;
using Contracts.Timers;
using Quartz;

namespace Runner.Upkeep;

/// <summary>Gives the store its turns for what it keeps up by itself.</summary>
[DisallowConcurrentExecution]
internal sealed partial class MaintainJob(IDueTimers store, IStoreClock clock, ILogger<MaintainJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            while (await store.MaintainAsync(clock.Now, cancellationToken))
            {
                // In steps: between two of them others have their turn.
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

    [LoggerMessage(3203, LogLevel.Warning, "The store's upkeep failed: {Reason} Trying again")]
    private partial void LogStoreUnavailable(string reason);
}
