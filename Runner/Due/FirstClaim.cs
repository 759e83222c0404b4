using Contracts.Timers;

namespace Runner.Due;

/// <summary>Before the first claim, those of the process before are taken back: nobody else can hold any.</summary>
internal sealed partial class FirstClaim(IDueTimers store, IStoreClock clock, ILogger<FirstClaim> logger) : IDisposable
{
    private readonly SemaphoreSlim single = new(1);
    private volatile bool done;

    public async ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        if (done)
        {
            return;
        }

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

    public void Dispose() => single.Dispose();

    [LoggerMessage(3001, LogLevel.Warning, "Took back {Count} timers that the process before had claimed; lost attempts of them may still arrive")]
    private partial void LogReclaimed(int count);
}
