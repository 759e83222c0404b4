using Contracts.Live;
using Contracts.Storage;
using Contracts.Timers;

namespace Runner.Timers.Due;

/// <summary>
/// Decides whether timers may be claimed: only under a live lease and, if there can be no other Runner, only once the previous process's
/// claims have been taken back, after what it wrote to its journal.
/// </summary>
internal sealed partial class ClaimGate(
    IRunnerLease lease, IDueTimers store, LeftOutcomes left, IStoreClock clock, ILiveNotices live, ILogger<ClaimGate> logger) : IDisposable
{
    private readonly SemaphoreSlim single = new(1);
    private volatile bool opened;

    public async ValueTask<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        // Timers claimed without a lease would be taken back at once.
        if (!lease.MaySend(lease.Runner))
        {
            return false;
        }

        if (!opened)
        {
            await OpenAsync(cancellationToken);
        }

        return true;
    }

    public void Dispose() => single.Dispose();

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await single.WaitAsync(cancellationToken);
        try
        {
            if (!opened)
            {
                await left.WriteAsync(cancellationToken);

                // With several Runners the reaper takes back the claims of dead ones.
                var tenants = new HashSet<string>(StringComparer.Ordinal);
                var reclaimed = lease.CanLapse ? 0 : await store.ReclaimAsync(clock.Now, tenants, cancellationToken);
                live.NoteTimersOf(tenants);
                opened = true;
                if (reclaimed > 0)
                {
                    LogReclaimed(reclaimed);
                }

                LogOpened();
            }
        }
        finally
        {
            single.Release();
        }
    }

    [LoggerMessage(
        3001, LogLevel.Warning, "Timers taken back from the previous process: {Count}. Their lost attempts may still arrive")]
    private partial void LogReclaimed(int count);

    [LoggerMessage(3003, LogLevel.Information, "Claims due timers from now on")]
    private partial void LogOpened();
}
