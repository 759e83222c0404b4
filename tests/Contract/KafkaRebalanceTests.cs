using System.Text;
using Confluent.Kafka;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Contract;

/// <summary>Partitions come and go one by one, and what a Consumer keeps goes on meanwhile.</summary>
[Parallelizable]
public sealed class KafkaRebalanceTests
{
    private const int Partitions = 4;
    private const int PerPartition = 3;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(40);

    [Test]
    public async Task A_batch_under_way_goes_on_for_the_partitions_that_stay_and_the_others_are_read_by_their_new_owner()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var release = new TaskCompletionSource();
        var old = new RecordingHandler { Before = _ => release.Task };
        var added = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        var first = TimersOfAllPartitions();
        await publisher.Publisher.PublishAsync(first, default);
        await using var one = await KafkaHost.StartConsumerAsync(uri, prefix, old);
        await Eventually.That(() => old.Calls == 1, MaxWait, "a batch is under way");

        await using var other = await KafkaHost.StartConsumerAsync(uri, prefix, added);
        await Eventually.That(() => added.FirstTimes.Count == 2 * PerPartition, MaxWait, "the new one reads half of the partitions");
        var moved = added.FirstTimes.Select(PartitionOf).ToHashSet();
        var second = TimersOfAllPartitions();
        await publisher.Publisher.PublishAsync(second, default);
        await Eventually.That(() => added.FirstTimes.Count == 4 * PerPartition, MaxWait, "and what follows on them");
        release.SetResult();

        var all = first.Concat(second).ToList();
        bool Stayed(TimerScheduled timer) => !moved.Contains(PartitionOf(timer));
        await Eventually.That(() => old.FirstTimes.Count(Stayed) == 4 * PerPartition, MaxWait, "the old one reads the others");
        Assert.That(moved, Has.Count.EqualTo(2));
        Assert.That(added.Messages.Select(PartitionOf), Is.All.Matches<int>(moved.Contains));
        Assert.That(
            old.Messages.Where(Stayed).Select(timer => timer.TimerId),
            Is.EquivalentTo(all.Where(Stayed).Select(timer => timer.TimerId)),
            "once each: they were not read anew");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Partitions_that_left_while_a_batch_was_under_way_and_come_back_are_read(bool isDoneBefore)
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var release = new TaskCompletionSource();
        var handler = new RecordingHandler { Before = _ => release.Task };
        var added = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await publisher.Publisher.PublishAsync(TimersOfAllPartitions(), default);
        await using var one = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        await Eventually.That(() => handler.Calls == 1, MaxWait, "a batch is under way");
        await using (await KafkaHost.StartConsumerAsync(uri, prefix, added))
        {
            await Eventually.That(() => added.FirstTimes.Count == 2 * PerPartition, MaxWait, "the other one has half of the partitions");
            if (isDoneBefore)
            {
                release.SetResult();
                await Eventually.That(() => handler.Count > 0, MaxWait, "the batch is done");
            }
        }

        // Time to be dealt out again while the batch is under way.
        await Task.Delay(TimeSpan.FromSeconds(isDoneBefore ? 0 : 3));
        release.TrySetResult();
        var late = TimersOfAllPartitions();
        await publisher.Publisher.PublishAsync(late, default);

        var owed = late.Select(timer => timer.TimerId).ToHashSet();
        await Eventually.That(
            () => handler.FirstTimes.Count(timer => owed.Contains(timer.TimerId)) == owed.Count, MaxWait, "it reads all partitions");
    }

    [Test]
    public async Task What_the_group_of_an_earlier_release_has_applied_is_not_read_again()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await publisher.Publisher.PublishAsync([ATimer.New().Build()], default);
        using var eager = new ConsumerBuilder<byte[], byte[]>(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = uri,
            ["group.id"] = $"{prefix}timers.consumer",
            ["partition.assignment.strategy"] = "roundrobin",
            ["auto.offset.reset"] = "earliest",
        }).Build();
        eager.Subscribe($"{prefix}timers");
        Assert.That(eager.Consume(MaxWait), Is.Not.Null);
        eager.Close();
        var late = ATimer.New().Build();

        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        await publisher.Publisher.PublishAsync([late], default);

        Assert.That(
            await publisher.Progress.WaitUntilAppliedAsync(TimerMessages.KeyOf(late.TimerId), MaxWait, default), Is.True);
        Assert.That(handler.Messages.Select(timer => timer.TimerId), Is.EqualTo(new[] { late.TimerId }));
    }

    [TestCase("{topic}.consumer", "timers", "timers.consumer")]
    [TestCase("{topic}.consumer", "devices", "devices.consumer")]
    [TestCase("timers.consumer", "timers", "timers.consumer")]
    [TestCase("timers.consumer", "devices", "devices.consumer")]
    [TestCase("mine", "timers", "mine")]
    [TestCase("mine", "devices", "devices.mine")]
    [TestCase("a.{topic}.b", "devices", "a.devices.b")]
    public void Groups_of_earlier_releases_are_found_by_the_setting_as_it_was(string setting, string topic, string group) =>
        Assert.That(
            new KafkaOptions { ConsumerGroup = setting, FirstTopic = TimerMessages.Topic }.FormerGroupOf(topic), Is.EqualTo(group));

    private static List<TimerScheduled> TimersOfAllPartitions() => [.. Enumerable.Range(0, Partitions)
        .SelectMany(partition => Endless().Where(timer => PartitionOf(timer) == partition).Take(PerPartition))];

    private static IEnumerable<TimerScheduled> Endless()
    {
        while (true)
        {
            yield return ATimer.New().Build();
        }
    }

    private static int PartitionOf(TimerScheduled timer) =>
        KafkaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(TimerMessages.KeyOf(timer.TimerId)), Partitions);
}
