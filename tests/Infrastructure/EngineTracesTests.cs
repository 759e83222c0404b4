using System.Diagnostics;
using Contracts.Live;
using Infrastructure.Caching;
using Infrastructure.Hosting;
using Infrastructure.Live;
using MongoDB.Bson;
using MongoDB.Driver;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Which traces calls of Redis and MongoDB are part of: that of the request that they belong to, or none.</summary>
public sealed class EngineTracesTests
{
    private readonly List<Activity> exported = [];

    [Test]
    public async Task A_cached_copy_is_in_the_trace_of_the_request_that_wrote_it_whoever_sends_it()
    {
        using var source = new ActivitySource("timers.test");
        string[] traces;
        await using (var redis = new RedisConnection(Engine.Address("redis")))
        {
            using var provider = Export(redis);
            await ConnectAsync(redis);
            var cache = new RedisCache(redis);

            traces = [.. Enumerable.Range(0, 3).Select(_ => Write(source, cache))];
            using (source.StartActivity("of somebody else"))
            {
                await cache.FindAsync("default", Guid.NewGuid().ToString(), default);
            }

            await Eventually.That(
                async () => await cache.FindAsync("default", traces[2], default) is not null, TimeSpan.FromSeconds(20), "it is written");
        }

        var writes = exported.Where(span => span.DisplayName == "write cache").Select(span => span.SpanId).ToHashSet();
        var sent = exported.Where(span => span.Kind == ActivityKind.Client && writes.Contains(span.ParentSpanId)).ToList();
        Assert.That(sent.Select(span => span.TraceId.ToHexString()), Is.EquivalentTo(traces));
        AssertNoneBeginsATrace();
    }

    [Test]
    public async Task What_is_told_of_many_changes_at_once_begins_no_trace()
    {
        await using (var redis = new RedisConnection(Engine.Address("redis")))
        {
            using var provider = Export(redis);
            await ConnectAsync(redis);
            ILiveFeed feed = new RedisFeed(redis, TimeProvider.System);

            Assert.That(await feed.PublishAsync("default", $"{Guid.NewGuid()}", "x"u8.ToArray(), default), Is.True);
        }

        AssertNoneBeginsATrace();
    }

    [Test]
    public async Task A_command_of_MongoDB_is_in_the_trace_of_its_request_and_begins_none()
    {
        using var source = new ActivitySource("timers.test");
        using var client = new MongoClient(Engine.Address("mongo"));
        var ping = new BsonDocument("ping", 1);
        string? trace;
        using (Export(redis: null))
        {
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(ping);
            using var request = source.StartActivity("request");
            trace = request!.TraceId.ToHexString();
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(ping);
        }

        var calls = exported.Where(span => span.Source.Name == MongoTelemetry.ActivitySourceName).ToList();
        Assert.That(calls, Is.Not.Empty);
        Assert.That(calls.Select(span => span.TraceId.ToHexString()), Is.All.EqualTo(trace));
        AssertNoneBeginsATrace();
    }

    [SetUp]
    public void Clear() => exported.Clear();

    private static string Write(ActivitySource source, RedisCache cache)
    {
        using var request = source.StartActivity("request");
        var trace = request!.TraceId.ToHexString();
        cache.Put("default", trace, "x"u8.ToArray(), TimeSpan.FromMinutes(1));
        return trace;
    }

    private static async Task ConnectAsync(RedisConnection redis)
    {
        await redis.StartAsync(default);
        await Eventually.That(
            async () => (await redis.TryAsync(database => database.PingAsync(), default)).IsDone, TimeSpan.FromSeconds(20),
            "Redis answers");
    }

    private TracerProvider Export(RedisConnection? redis)
    {
        var traces = Telemetry.AddSpans(Sdk.CreateTracerProviderBuilder());
        if (redis is not null)
        {
            traces.ConfigureRedisInstrumentation(calls => redis.OnConnected(connected => calls.AddConnection(connected)));
        }

        return traces.AddInMemoryExporter(exported).Build();
    }

    private void AssertNoneBeginsATrace() => Assert.That(
        exported.Where(span => span.Kind == ActivityKind.Client && span.ParentSpanId == default).Select(span => span.DisplayName),
        Is.Empty);
}
