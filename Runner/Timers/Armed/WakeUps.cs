using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Armed;

/// <summary>Wake-ups within the process: any number of them before the next poll coalesce into one.</summary>
internal sealed class WakeUps(IStoreClock clock, IOptions<DueOptions> options) : IWakeUps, IDisposable
{
    private readonly SemaphoreSlim woken = new(0);
    private int pending;
    private int overdue;

    public void Notify(Guid timer, DateTimeOffset dueAt) => Notify(dueAt);

    public void Notify(DateTimeOffset dueAt)
    {
        DateTimeOffset now;
        try
        {
            now = clock.Now;
        }
        catch (StoreUnavailableException)
        {
            // The store has not reported its time yet: nothing can be claimed, and the caller must not fail because of a hint.
            return;
        }

        if (dueAt <= now - options.Value.OverdueAfter)
        {
            Volatile.Write(ref overdue, 1);
        }

        // Timers due later are claimed by a regular poll; two intervals, because a poll may itself be late.
        if (dueAt <= now + (2 * options.Value.Interval) && Interlocked.Exchange(ref pending, 1) == 0)
        {
            woken.Release();
        }
    }

    /// <summary>Whether a wake-up was for an overdue timer since the last call.</summary>
    public bool TakeOverdue() => Interlocked.Exchange(ref overdue, 0) == 1;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await woken.WaitAsync(cancellationToken);
        Volatile.Write(ref pending, 0);
    }

    public void Dispose() => woken.Dispose();
}
