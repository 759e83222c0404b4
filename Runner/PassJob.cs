using Contracts.Storage;
using Quartz;

namespace Runner;

/// <summary>A Quartz job that does nothing but run a pass. A store that does not answer ends the pass; the next run tries again.</summary>
internal abstract partial class PassJob(ILogger logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await RunAsync(cancellationToken);
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

    protected abstract Task RunAsync(CancellationToken cancellationToken);

    [LoggerMessage(3002, LogLevel.Warning, "The store does not answer: {Reason} Trying again")]
    private partial void LogStoreUnavailable(string reason);
}
