using Contracts.Timers;

namespace Runner.Due;

/// <summary>Whether timers may be claimed: under a live lease only, and where no other Runner can be, after those of the process before were taken back.</summary>
internal sealed partial class ClaimGate(IRunnerLease lease, IDueTimers store, IStoreClock clock, ILogger<ClaimGate> logger) : IDisposable
{
    private readonly SemaphoreSlim single = new(1);
    private volatile bool done;

    public async ValueTask<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        if (lease.CanLapse)
        {
            // What is claimed without one would be taken back at once. Claims of dead Runners are the reaper's to take back.
            return lease.MaySend(lease.Runner);
        }

        if (!done)
        {
            await TakeBackAsync(cancellationToken);
        }

        return true;
    }

    public void Dispose() => single.Dispose();

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await single.WaitAsync(cancellationToken);
        try
        {
            if (!done)
            {
                var reclaimed = await store.ReclaimAsync(clock.Now, cancellationToken);
                done = true;
                if (reclaimed > 0)
                {
                    LogReclaimed(reclaimed);
                }
            }
        }
        finally
        {
            single.Release();
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "Took back {Count} timers that the process before had claimed; lost attempts of them may still arrive")]
    private partial void LogReclaimed(int count);
}
