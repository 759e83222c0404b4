using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Delivery;
using Runner.Timers.Leases;
using Runner.Timers.Armed;

namespace Runner.Timers.Due;

/// <summary>Claims due timers in one of the two lanes, until no rows or no room remain.</summary>
internal sealed class ClaimPass(
    Lane lane, IDueTimers store, IStoreClock clock, IRunnerLease lease, IShards shards, ForeignShards foreign, ArmedTimers armed,
    Destinations destinations, ClaimGate gate, IOptions<DueOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>How long what is coming is not counted again when nothing was; short beside the look-ahead.</summary>
    private static readonly TimeSpan NothingComes = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim single = new(1);
    private long? nothingSince;

    /// <summary>Recent rate of the store's claims, in rows per second.</summary>
    private double rate;

    /// <param name="cancellationToken">Ends the pass after the current claim.</param>
    /// <returns>How many were claimed; null if it could not look: claims are not allowed now, or there is no room.</returns>
    public async Task<int?> RunOnceAsync(CancellationToken cancellationToken)
    {
        await single.WaitAsync(cancellationToken);
        try
        {
            if (!await gate.IsOpenAsync(cancellationToken))
            {
                return null;
            }

            var own = shards.Mine;
            return lane == Lane.OnTime ? await ClaimOnTimeAsync(own, cancellationToken) : await ClaimOverdueAsync(own, cancellationToken);
        }
        finally
        {
            single.Release();
        }
    }

    public void Dispose() => single.Dispose();

    private async Task<int?> ClaimOnTimeAsync(IReadOnlyList<int>? own, CancellationToken cancellationToken)
    {
        if (own is [])
        {
            return 0;
        }

        var window = await WindowAsync(own, cancellationToken);
        return await ClaimAllAsync(now => Request(now - options.Value.OverdueAfter, now + window, own), cancellationToken);
    }

    private async Task<int?> ClaimOverdueAsync(IReadOnlyList<int>? own, CancellationToken cancellationToken)
    {
        var claimed = own is []
            ? 0
            : await ClaimAllAsync(now => Request(DateTimeOffset.MinValue, now - options.Value.OverdueAfter, own), cancellationToken);

        // Timers that another Runner should have claimed long ago; the compare-and-set makes this safe.
        return foreign.Draw(own) is var (shards, lateness)
            ? claimed + await ClaimAllAsync(now => Request(DateTimeOffset.MinValue, now - lateness, shards), cancellationToken)
            : claimed;
    }

    private ClaimRequest Request(DateTimeOffset after, DateTimeOffset until, IReadOnlyList<int>? of) =>
        new(after, until, options.Value.ClaimLimit, long.MaxValue) { Runner = lease.Runner, Shards = of };

    private async Task<int?> ClaimAllAsync(Func<DateTimeOffset, ClaimRequest> request, CancellationToken cancellationToken)
    {
        int? claimed = null;
        while (true)
        {
            var (room, bytes) = armed.Room(lane);
            var runner = lease.Runner;
            if (room <= 0 || bytes <= 0 || cancellationToken.IsCancellationRequested || !lease.MaySend(runner))
            {
                return claimed;
            }

            var limit = Math.Min(room, options.Value.ClaimLimit);
            var started = time.GetTimestamp();

            // Not cancelled midway: claimed timers must reach this process, to be sent or handed back.
            var timers = await store.ClaimAsync(
                request(clock.Now) with { Runner = runner, Limit = limit, MaxBytes = bytes }, CancellationToken.None);
            claimed = (claimed ?? 0) + timers.Count;
            if (timers.Count == 0)
            {
                return claimed;
            }

            RunnerTraces.Claimed(timers, time.GetUtcNow() - time.GetElapsedTime(started));

            Pass(armed.Add(timers, lane));
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

    /// <summary>How far ahead to claim: many timers due at one instant must be claimed in time, given the rate of claims.</summary>
    private async Task<TimeSpan> WindowAsync(IReadOnlyList<int>? own, CancellationToken cancellationToken)
    {
        var window = options.Value.Window;
        var room = armed.Room(lane).Timers;
        if (rate == 0 || room <= 0 || (nothingSince is { } since && time.GetElapsedTime(since) < NothingComes))
        {
            return window;
        }

        var now = clock.Now;
        var coming = await store.CountDueAsync(
            Request(now + window, now + options.Value.MaxWindow, own) with { Limit = room }, cancellationToken);
        nothingSince = coming == 0 ? time.GetTimestamp() : null;
        var needed = TimeSpan.FromSeconds(coming / rate * 1.25);
        return needed <= window ? window : needed < options.Value.MaxWindow ? needed : options.Value.MaxWindow;
    }
}
