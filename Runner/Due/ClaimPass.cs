using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Delivery;

namespace Runner.Due;

/// <summary>Claims what falls due, in one of the two lanes, until no rows or no room remain.</summary>
internal sealed class ClaimPass(
    Lane lane, IDueTimers store, IStoreClock clock, ArmedTimers armed, Destinations destinations, FirstClaim first,
    IOptions<DueOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim single = new(1);

    /// <summary>Rows a second that the store's claims have lately given.</summary>
    private double rate;

    /// <returns>How many were claimed.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await single.WaitAsync(cancellationToken);
        try
        {
            await first.ReadyAsync(cancellationToken);
            return await ClaimAllAsync(cancellationToken);
        }
        finally
        {
            single.Release();
        }
    }

    public void Dispose() => single.Dispose();

    private async Task<int> ClaimAllAsync(CancellationToken cancellationToken)
    {
        var window = lane == Lane.OnTime ? await WindowAsync(cancellationToken) : TimeSpan.Zero;
        var claimed = 0;
        while (true)
        {
            var (room, bytes) = armed.Room(lane);
            if (room <= 0 || bytes <= 0)
            {
                return claimed;
            }

            var now = clock.Now;
            var limit = Math.Min(room, options.Value.ClaimLimit);
            var border = now - options.Value.OverdueAfter;
            var request = lane == Lane.OnTime
                ? new ClaimRequest(border, now + window, limit, bytes)
                : new ClaimRequest(DateTimeOffset.MinValue, border, limit, bytes);

            var started = time.GetTimestamp();
            var timers = await store.ClaimAsync(request, cancellationToken);
            if (timers.Count == 0)
            {
                return claimed;
            }

            Pass(armed.Add(timers, lane));
            claimed += timers.Count;
            if (timers.Count < limit)
            {
                return claimed;
            }

            var latest = timers.Count / Math.Max(time.GetElapsedTime(started).TotalSeconds, 0.0001);
            rate = rate == 0 ? latest : (0.7 * rate) + (0.3 * latest);
        }
    }

    private void Pass(IReadOnlyList<ArmedTimer> timers)
    {
        if (lane == Lane.Overdue)
        {
            foreach (var timer in timers)
            {
                destinations.Enqueue(timer);
            }
        }
    }

    /// <summary>A herd due at one instant must be claimed before it, at the speed that claims have.</summary>
    private async Task<TimeSpan> WindowAsync(CancellationToken cancellationToken)
    {
        var window = options.Value.Window;
        var room = armed.Room(lane).Timers;
        if (rate == 0 || room <= 0)
        {
            return window;
        }

        var now = clock.Now;
        var coming = await store.CountDueAsync(
            new ClaimRequest(now + window, now + options.Value.LargestWindow, room, long.MaxValue), cancellationToken);
        var needed = TimeSpan.FromSeconds(coming / rate * 1.25);
        return needed <= window ? window : needed < options.Value.LargestWindow ? needed : options.Value.LargestWindow;
    }
}
