using Contracts.Caching;
using Infrastructure.Caching;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class InProcessCacheTests : ReadCacheContract
{
    private InProcessCache? cache;

    protected override Task<IReadCache> StartAsync() => Task.FromResult<IReadCache>(cache = new InProcessCache());

    protected override Task StopAsync()
    {
        cache?.Dispose();
        return Task.CompletedTask;
    }
}

[Parallelizable]
public sealed class RedisCacheTests : ReadCacheContract
{
    private RedisConnection? redis;

    protected override async Task<IReadCache> StartAsync()
    {
        redis = await Redis.ConnectAsync(Engine.Address("redis"));
        return new RedisCache(redis);
    }

    protected override async Task StopAsync()
    {
        if (redis is not null)
        {
            await redis.DisposeAsync();
        }
    }
}

/// <summary>Connections to Redis that are there.</summary>
internal static class Redis
{
    public static async Task<RedisConnection> ConnectAsync(string address)
    {
        var redis = new RedisConnection(address);
        await redis.StartAsync(default);
        await Eventually.That(
            async () => (await redis.TryAsync(database => database.PingAsync(), default)).IsDone, TimeSpan.FromSeconds(10),
            "Redis answers");
        return redis;
    }
}
