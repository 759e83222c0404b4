using Contracts.Live;
using Infrastructure.Caching;
using Infrastructure.Live;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class InProcessFeedTests : LiveFeedContract
{
    protected override Task<ILiveFeed> StartAsync() => Task.FromResult<ILiveFeed>(new InProcessFeed(TimeProvider.System));

    protected override Task StopAsync() => Task.CompletedTask;
}

[Parallelizable]
public sealed class RedisFeedTests : LiveFeedContract
{
    private RedisConnection? redis;

    protected override async Task<ILiveFeed> StartAsync()
    {
        redis = await Redis.ConnectAsync(Engine.Address("redis"));
        return new RedisFeed(redis, TimeProvider.System);
    }

    protected override async Task StopAsync()
    {
        if (redis is not null)
        {
            await redis.DisposeAsync();
        }
    }
}
