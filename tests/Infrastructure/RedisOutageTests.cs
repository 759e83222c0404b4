using Contracts.Common;
using Infrastructure.Caching;
using Infrastructure.Live;
using StackExchange.Redis;
using Tests.Contract;
using Tests.Faults;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>A Redis that is gone, hangs or forgets makes an empty cache, and one that is back makes a cache again.</summary>
[Category(FaultReport.Category)]
[Parallelizable]
public sealed class RedisOutageTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Test]
    public async Task Killed_it_is_empty_and_started_again_it_serves()
    {
        using var engine = Engine.StartOwn("redis");
        await using var redis = await Redis.ConnectAsync(engine.Uri);
        var cache = new RedisCache(redis);
        await ServesAsync(cache);

        engine.Kill();
        await IsEmptyAsync(cache);
        engine.Start();

        await ServesAsync(cache);
        await NothingIsSentLateAsync(redis);
        FaultReport.Note("(13) Redis killed: the cache is empty until it is back", "Redis", rounds: 1);
    }

    [Test]
    public async Task A_feed_tells_its_watchers_and_those_who_come_later_that_changes_may_be_missing()
    {
        using var engine = Engine.StartOwn("redis");
        await using var redis = await Redis.ConnectAsync(engine.Uri);
        var feed = new RedisFeed(redis, TimeProvider.System);
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Eventually.That(
            async () => await feed.FindPositionAsync(Tenant.Default, "f", default) is not null, MaxWait, "it is connected");
        await feed.PublishAsync(Tenant.Default, "f", "before"u8.ToArray(), default);
        var position = await feed.FindPositionAsync(Tenant.Default, "f", default);
        var watching = GapAsync(position);
        await Task.Delay(200);
        Assert.That(watching.IsCompleted, Is.False);

        engine.Pause();
        await feed.PublishAsync(Tenant.Default, "f", "lost"u8.ToArray(), default);
        await Task.Delay(1_500);
        engine.Resume();

        Assert.That(await watching, Is.True, "who watched all the time");
        await Eventually.That(
            async () =>
            {
                await feed.PublishAsync(Tenant.Default, "f", "after"u8.ToArray(), default);
                return await feed.FindPositionAsync(Tenant.Default, "f", default) != position;
            },
            MaxWait, "it publishes again");
        Assert.That(await GapAsync(position), Is.True, "who goes on from a position before the outage");

        async Task<bool> GapAsync(string? after)
        {
            await foreach (var change in feed.WatchAsync(Tenant.Default, "f", after, end.Token))
            {
                if (change.IsGap)
                {
                    return true;
                }
            }

            return false;
        }
    }

    [Test]
    public async Task Stopped_in_its_tracks_it_is_empty_and_continued_it_serves()
    {
        using var engine = Engine.StartOwn("redis");
        await using var redis = await Redis.ConnectAsync(engine.Uri);
        var cache = new RedisCache(redis);
        await ServesAsync(cache);

        engine.Pause();
        await IsEmptyAsync(cache);
        engine.Resume();

        await ServesAsync(cache);
        FaultReport.Note("(13) Redis hung: the cache is empty until it is back", "Redis", rounds: 1);
    }

    [Test]
    public async Task Not_there_at_the_start_it_is_empty_until_it_comes()
    {
        using var engine = Engine.StartOwn("redis");
        engine.Kill();
        await using var redis = new RedisConnection(engine.Uri);
        await redis.StartAsync(default);
        var cache = new RedisCache(redis);
        await IsEmptyAsync(cache);

        engine.Start();

        await ServesAsync(cache);
        FaultReport.Note("(13) Redis not there at the start: the cache is empty until it is back", "Redis", rounds: 1);
    }

    [TestCase("")]
    [TestCase(",protocol=resp2")]
    [TestCase(",protocol=resp3")]
    public async Task A_user_of_its_own_gets_in_with_either_protocol(string more)
    {
        using var engine = Engine.StartOwn("redis");
        await using (var admin = await ConnectionMultiplexer.ConnectAsync(engine.Uri))
        {
            await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "timers", "on", ">s3cret", "~*", "&*", "+@all");
            await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "off");
        }

        await using var redis = await Redis.ConnectAsync($"{engine.Uri},user=timers,password=s3cret{more}");

        await ServesAsync(new RedisCache(redis));
    }

    [Test]
    public void Settings_of_TLS_are_read() =>
        Assert.That(() => _ = new RedisConnection("host:6380,ssl=true,sslProtocols=tls12|tls13,user=a,password=b"), Throws.Nothing);

    [TestCase("host:notaport")]
    [TestCase("")]
    [TestCase("password=s3cret,nonsense=1")]
    public void A_connection_string_that_cannot_be_read_is_told_without_its_secrets(string text)
    {
        var fault = Assert.Throws<global::Infrastructure.Hosting.StartupException>(() => _ = new RedisConnection(text));

        Assert.That(fault!.Message, Does.StartWith("ConnectionStrings:Redis").And.Not.Contain("s3cret"));
    }

    private static Task ServesAsync(RedisCache cache)
    {
        var key = $"outage:{Guid.NewGuid():N}";
        return Eventually.That(
            async () =>
            {
                cache.Put(Tenant.Default, key, "value"u8.ToArray(), Long);
                return await cache.FindAsync(Tenant.Default, key, default) is not null;
            },
            MaxWait,
            "it serves");
    }

    /// <summary>What was written while it was gone would overwrite newer copies if the client kept it.</summary>
    private static async Task NothingIsSentLateAsync(RedisConnection redis)
    {
        RedisKey[] lost = [.. Enumerable.Range(0, 5_000).Select(i => (RedisKey)$"lost:{i}")];

        // A question about so many keys may take longer than a reader of the cache waits.
        var found = -1L;
        await Eventually.That(
            async () =>
            {
                (var isDone, found) = await redis.TryAsync(database => database.KeyExistsAsync(lost), default);
                return isDone;
            },
            MaxWait,
            "Redis answers");

        Assert.That(found, Is.Zero);
    }

    private static async Task IsEmptyAsync(RedisCache cache)
    {
        for (var i = 0; i < 5_000; i++)
        {
            cache.Put(Tenant.Default, $"lost:{i}", "value"u8.ToArray(), Long);
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.That(await cache.FindAsync(Tenant.Default, $"lost:{i}", default), Is.Null);
        }
    }
}
