using System.Collections.Concurrent;
using System.Diagnostics;
using Contracts.Caching;
using StackExchange.Redis;

namespace Infrastructure.Caching;

/// <summary>The cache shared by all processes.</summary>
/// <remarks>
/// Values written at the same time, such as those of creates that Kafka acknowledged together, are sent together: a separate call for each
/// cost Redis and this process a quarter more.
/// </remarks>
internal sealed class RedisCache(RedisConnection redis) : IReadCache
{
    private const int MaxValueBytes = 1 << 20;

    /// <summary>Maximum writes in flight; beyond it writes are dropped rather than queued.</summary>
    private const int MaxInFlight = 2_000;

    private readonly ConcurrentQueue<Write> waiting = new();
    private readonly Lock sending = new();
    private int underWay;
    private int isScheduled;

    public async Task<ReadOnlyMemory<byte>?> FindAsync(string tenant, string key, CancellationToken cancellationToken)
    {
        // A caller that has just put a value must find it.
        SendWaiting();
        var (isDone, value) = await redis.TryAsync(database => database.StringGetAsync(KeyOf(tenant, key)), cancellationToken);
        return isDone && !value.IsNull ? (byte[])value! : (ReadOnlyMemory<byte>?)null;
    }

    public void Put(string tenant, string key, ReadOnlyMemory<byte> value, TimeSpan lifetime)
    {
        if (Interlocked.Increment(ref underWay) > MaxInFlight)
        {
            Interlocked.Decrement(ref underWay);
            return;
        }

        waiting.Enqueue(new Write(
            KeyOf(tenant, key), value.Length > MaxValueBytes ? null : value.ToArray(), Lifetimes.Jittered(lifetime), CacheTraces.Current));
        if (Interlocked.Exchange(ref isScheduled, 1) == 0)
        {
            // Queued behind work that is ready to run, so that other values of the same moment are sent along.
            ThreadPool.UnsafeQueueUserWorkItem(static cache => cache.SendScheduled(), this, preferLocal: false);
        }
    }

    private static string KeyOf(string tenant, string key) => $"{tenant}:{key}";

    private void SendScheduled()
    {
        Volatile.Write(ref isScheduled, 0);
        SendWaiting();
    }

    private void SendWaiting()
    {
        // Sent in order of arrival: an older copy must not overwrite a newer one. Taken even if nothing waits: another thread may be about
        // to send what it has just taken from the queue.
        lock (sending)
        {
            var writes = new List<Write>();
            while (waiting.TryDequeue(out var write))
            {
                writes.Add(write);
            }

            // Writes of one trace are sent together; without traces, or in none, all of them are.
            for (int from = 0, to; from < writes.Count; from = to)
            {
                var trace = writes[from].Trace;
                to = writes.FindIndex(from, write => write.Trace != trace) is >= 0 and var end ? end : writes.Count;
                _ = SendAsync(writes[from..to], trace);
            }
        }
    }

    private async Task SendAsync(List<Write> writes, ActivityContext trace)
    {
        using var span = CacheTraces.StartWrite(trace, writes.Count);
        var isBegun = false;
        await redis.TryAsync(
            async database =>
            {
                isBegun = true;
                try
                {
                    var batch = database.CreateBatch();
                    Task[] calls = [.. writes.Select(write => write.Value is { } value
                        ? (Task)batch.StringSetAsync(write.Key, value, write.Lifetime)
                        : batch.KeyDeleteAsync(write.Key))];
                    batch.Execute();
                    await Task.WhenAll(calls);
                    return true;
                }
                finally
                {
                    // The count falls when the calls end, not when the wait for them does.
                    Interlocked.Add(ref underWay, -writes.Count);
                }
            },
            CancellationToken.None);
        if (!isBegun)
        {
            Interlocked.Add(ref underWay, -writes.Count);
        }
    }

    /// <param name="Key">The tenant's key.</param>
    /// <param name="Value">Null deletes the current value.</param>
    /// <param name="Lifetime">How long it is kept.</param>
    /// <param name="Trace">What it belongs to; default for nothing.</param>
    private sealed record Write(RedisKey Key, byte[]? Value, TimeSpan Lifetime, ActivityContext Trace);
}
