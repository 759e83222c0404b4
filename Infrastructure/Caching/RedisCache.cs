using Contracts.Caching;

namespace Infrastructure.Caching;

/// <summary>The cache that all processes share.</summary>
internal sealed class RedisCache(RedisConnection redis) : IReadCache
{
    private const int MaxValueBytes = 1 << 20;

    /// <summary>Writes under way; while Redis takes none, further ones are dropped rather than queued.</summary>
    private const int MaxInFlight = 2_000;

    private int underWay;

    public async Task<ReadOnlyMemory<byte>?> FindAsync(string tenant, string key, CancellationToken cancellationToken)
    {
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

        _ = PutAsync(KeyOf(tenant, key), value.Length > MaxValueBytes ? null : value.ToArray(), Lifetimes.Jittered(lifetime));
    }

    private static string KeyOf(string tenant, string key) => $"{tenant}:{key}";

    private async Task PutAsync(string key, byte[]? value, TimeSpan lifetime)
    {
        var isBegun = false;
        await redis.TryAsync(
            async database =>
            {
                isBegun = true;
                try
                {
                    return value is null ? await database.KeyDeleteAsync(key) : await database.StringSetAsync(key, value, lifetime);
                }
                finally
                {
                    // With the call itself, not with the waiting for it.
                    Interlocked.Decrement(ref underWay);
                }
            },
            CancellationToken.None);
        if (!isBegun)
        {
            Interlocked.Decrement(ref underWay);
        }
    }
}
