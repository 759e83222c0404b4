using System.Collections.Concurrent;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Timers.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Runners deal out the shards among themselves, and are woken.</summary>
[Parallelizable]
public sealed class KafkaShardsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Two_Runners_share_the_shards_and_one_takes_over_what_the_other_leaves()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var one = await StartRunnerAsync(uri, prefix);
        await Eventually.That(() => Mine(one).Count == Shard.Count, MaxWait, "alone it has all of them");

        await using (var other = await StartRunnerAsync(uri, prefix))
        {
            await Eventually.That(() => Mine(one).Count == 8 && Mine(other).Count == 8, MaxWait, "each has half");
            Assert.That(Mine(one).Concat(Mine(other)).Order(), Is.EqualTo(Shard.All));
        }

        await Eventually.That(() => Mine(one).Count == Shard.Count, MaxWait, "it has them all again");
    }

    [Test]
    public async Task A_wake_up_reaches_the_Runner_of_the_shard_and_one_for_later_nobody()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var woken = new ConcurrentQueue<DateTimeOffset>();
        await using var runner = await StartRunnerAsync(uri, prefix, woken.Enqueue);
        await using var consumer = await KafkaHost.StartAsync(uri, prefix, services => services.AddKafkaWakeUps());
        await Eventually.That(() => Mine(runner).Count == Shard.Count, MaxWait, "it has shards");
        await consumer.ReachedAsync();
        var wakeUps = consumer.Services.GetRequiredService<IWakeUps>();
        var now = consumer.Services.GetRequiredService<IStoreClock>().Now;
        var soon = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds() - 5);

        // The group reads from the end that it finds after the assignment; a hint that comes before is lost, by design.
        await Eventually.That(
            () =>
            {
                wakeUps.Notify(Guid.CreateVersion7(), soon.AddMilliseconds(2));
                wakeUps.Notify(Guid.CreateVersion7(), now.AddHours(1));
                wakeUps.Notify(Guid.CreateVersion7(), soon);
                return woken.Contains(soon);
            },
            MaxWait,
            "it is woken");

        Assert.That(woken, Has.All.LessThanOrEqualTo(soon.AddMilliseconds(2)));
    }

    [Test]
    public async Task Shards_stay_while_Kafka_is_lost()
    {
        using var kafka = Engine.StartOwn("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var runner = await StartRunnerAsync(kafka.Uri, prefix);
        await Eventually.That(() => Mine(runner).Count == Shard.Count, MaxWait, "it has all of them");
        var seen = new ConcurrentQueue<int>();

        kafka.Kill();
        await Eventually.That(
            () =>
            {
                seen.Enqueue(Mine(runner).Count);
                return !runner.Probe.IsReachable;
            },
            MaxWait,
            "the loss is noticed");
        kafka.Start();
        await runner.ReachedAsync();

        Assert.That(seen, Has.All.EqualTo(Shard.Count));
        Assert.That(Mine(runner), Has.Count.EqualTo(Shard.Count));
    }

    [Test]
    public async Task A_Runner_that_stops_gives_its_shards_up_before_it_waits_for_what_it_has_under_way()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var underWay = new TaskCompletionSource();
        await using var one = await StartRunnerAsync(uri, prefix);
        var other = await StartRunnerAsync(uri, prefix, underWay: underWay.Task);
        await Eventually.That(() => Mine(one).Count == 8 && Mine(other).Count == 8, MaxWait, "each has half");

        var stopping = other.DisposeAsync();
        await Eventually.That(() => Mine(one).Count == Shard.Count, TimeSpan.FromSeconds(8), "the other one has them all");
        var left = Mine(other);
        underWay.SetResult();
        await stopping;

        Assert.That(left, Is.Empty, "and it claims nothing more");
    }

    private static IReadOnlyList<int> Mine(KafkaHost host) => host.Services.GetRequiredService<IShards>().Mine!;

    private static Task<KafkaHost> StartRunnerAsync(
        string uri, string prefix, Action<DateTimeOffset>? woken = null, Task? underWay = null) =>
        KafkaHost.StartAsync(uri, prefix, services =>
        {
            services.AddKafkaShards();
            services.AddHostedService(provider =>
            {
                // As a Runner's own services do: before the start.
                provider.GetRequiredService<IShards>().OnWakeUp(woken ?? (_ => { }));
                return new Waits(underWay ?? Task.CompletedTask);
            });
        });

    private sealed class Waits(Task underWay) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => underWay;
    }
}
