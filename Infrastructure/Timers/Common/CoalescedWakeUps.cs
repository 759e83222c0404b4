using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Timers.Common;

/// <summary>
/// Coalesces wake-ups on their way to the Runners: at most one message a slot every few milliseconds, with the earliest instant.
/// </summary>
/// <param name="clock">The store's clock.</param>
/// <param name="time">The clock for waiting.</param>
/// <param name="slots">Slots that timers are dealt to, by their shard: 1 to <see cref="Shard.Count"/>.</param>
internal abstract class CoalescedWakeUps(IStoreClock clock, TimeProvider time, int slots) : BackgroundService, IWakeUps
{
    /// <summary>What falls due later is found by a Runner's regular poll.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CoalescingPause = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// The earliest instant per slot, in milliseconds since 1970; what nobody notified of is <see cref="long.MaxValue"/>.
    /// </summary>
    private readonly long[] earliest = [.. Enumerable.Repeat(long.MaxValue, slots)];
    private readonly SemaphoreSlim dirty = new(0);
    private int pending;

    /// <inheritdoc />
    public void Notify(Guid timer, DateTimeOffset dueAt)
    {
        if (!IsSoon(dueAt))
        {
            return;
        }

        var instant = Math.Max(0, dueAt.ToUnixTimeMilliseconds());
        ref var slot = ref earliest[Shard.Of(timer) % slots];
        var seen = Volatile.Read(ref slot);
        while (instant < seen)
        {
            var before = Interlocked.CompareExchange(ref slot, instant, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        if (Interlocked.Exchange(ref pending, 1) == 0)
        {
            dirty.Release();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        dirty.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await dirty.WaitAsync(stoppingToken);
            Volatile.Write(ref pending, 0);
            Flush();
            await Task.Delay(CoalescingPause, time, stoppingToken);
        }
    }

    /// <summary>Sends one; never throws, never waits. It may be lost: the Runner's next poll finds the timer.</summary>
    protected abstract void Send(int slot, DateTimeOffset instant);

    private bool IsSoon(DateTimeOffset dueAt)
    {
        try
        {
            return dueAt <= clock.Now + Soon;
        }
        catch (StoreUnavailableException)
        {
            // Its time is not known yet. What was stored stays stored, and a Runner's next poll finds it.
            return false;
        }
    }

    private void Flush()
    {
        for (var slot = 0; slot < earliest.Length; slot++)
        {
            var instant = Interlocked.Exchange(ref earliest[slot], long.MaxValue);
            if (instant != long.MaxValue)
            {
                Send(slot, DateTimeOffset.FromUnixTimeMilliseconds(instant));
            }
        }
    }
}
