using Contracts.Storage;
using Quartz;

namespace Runner.Jobs;

/// <summary>A Quartz job that does nothing but run a pass. A store that does not answer ends the pass; the next run tries again.</summary>
internal abstract class PassJob(StoreOutage outage) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await RunAsync(cancellationToken);
        }
        catch (StoreUnavailableException error)
        {
            outage.Failed(error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is not an error.
        }
    }

    protected abstract Task RunAsync(CancellationToken cancellationToken);
}
