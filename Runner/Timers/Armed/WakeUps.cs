using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;

namespace Runner.Timers.Armed;

/// <summary>Wake-ups within the process: any number of them before the next poll coalesce into one.</summary>
internal sealed class WakeUps(IStoreClock clock, IOptions<DueOptions> options) : IWakeUps, IDisposable
{
    private readonly SemaphoreSlim woken = new(0);
    private int pending;

    public void Notify(Guid timer, DateTimeOffset dueAt) => Notify(dueAt);

    public void Notify(DateTimeOffset dueAt)
    {
        // Timers due later are claimed by a regular poll; two intervals, because a poll may itself be late.
        if (IsDueBy(2 * options.Value.Interval) && Interlocked.Exchange(ref pending, 1) == 0)
        {
            woken.Release();
        }

        bool IsDueBy(TimeSpan span)
        {
            try
            {
                return dueAt <= clock.Now + span;
            }
            catch (StoreUnavailableException)
            {
                // The store has not reported its time yet: nothing can be claimed, and the caller must not fail because of a hint.
                return false;
            }
        }
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await woken.WaitAsync(cancellationToken);
        Volatile.Write(ref pending, 0);
    }

    public void Dispose() => woken.Dispose();
}
