using System.Diagnostics;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Timers.Mongo;

namespace Bench;

/// <summary>
/// A database of the cluster's store, accessed without the programs: measures the store alone, and shows how far the programs have got.
/// </summary>
internal sealed class ClusterStore : IDisposable
{
    private readonly MongoConnection connection;
    private readonly MongoTimerStore store;

    public ClusterStore(string uri)
    {
        var options = new MongoOptions();
        connection = new MongoConnection(uri, options, TimeProvider.System);
        store = new MongoTimerStore(connection, options, TimeProvider.System);
    }

    /// <summary>How many of the timers due at this instant are still waiting to be claimed.</summary>
    public Task<int> CountDueAsync(DateTimeOffset due) =>
        store.CountDueAsync(new ClaimRequest(due.AddMilliseconds(-1), due, int.MaxValue, long.MaxValue), default);

    /// <summary>Whether any timer is claimed whose outcome is not stored yet.</summary>
    public Task<bool> IsAnyClaimedAsync() => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(MongoTimerSchema.Timers, MongoTimerSchema.IsClaimed(), new MongoFind(Limit: 1))).Count > 0,
        default);

    /// <summary>Claims timers and stores their outcomes, a thousand at a time, and does nothing else.</summary>
    /// <returns>Timers per second.</returns>
    public async Task<double> MeasureAsync(int count)
    {
        await connection.RunAsync(MongoLane.Runner, MongoTimerSchema.CreateIndexesAsync, default);
        var now = TimeProvider.System.GetUtcNow();
        await AddAsync(Load.Nowhere, now, count);
        var runner = Guid.CreateVersion7();
        var watch = Stopwatch.StartNew();
        var done = 0;
        while (done < count)
        {
            var claimed = await store.ClaimAsync(
                new ClaimRequest(DateTimeOffset.MinValue, now.AddSeconds(1), 1_000, long.MaxValue) { Runner = runner }, default);
            await store.RecordAsync([.. claimed.Select(Succeeded)], default);
            done += claimed.Count;
        }

        return done / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Stores <paramref name="count"/> timers that are all due at one instant.</summary>
    /// <param name="url">Where their webhooks go.</param>
    /// <param name="due">The instant.</param>
    /// <param name="count">A multiple of 1,000.</param>
    public async Task AddAsync(string url, DateTimeOffset due, int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        var spec = new TimerSpec { Url = new Uri(url) };
        for (var i = 0; i < count; i += 1_000)
        {
            await store.AddAsync(
                [.. Enumerable.Range(i, 1_000).Select(
                    _ => new Received<TimerScheduled>(new TimerScheduled(Guid.CreateVersion7(), due, now, spec), LogPosition.None))],
                default);
        }
    }

    public void Dispose()
    {
        store.Dispose();
        connection.Dispose();
    }

    private static AttemptOutcome Succeeded(ClaimedTimer timer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var attempt = new AttemptRecord
        {
            Occurrence = 1,
            Number = 1,
            StartedAt = now,
            Latency = TimeSpan.FromMilliseconds(1),
            Lateness = TimeSpan.Zero,
            Status = 200,
        };
        return new AttemptOutcome(timer.Key, timer.Token, attempt, TimerState.Succeeded, now);
    }
}
