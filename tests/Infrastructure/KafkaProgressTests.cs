using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Whether everything that the log held has been applied.</summary>
[Parallelizable]
public sealed class KafkaProgressTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(500);

    [Test]
    public async Task It_is_true_once_the_handler_is_done_and_false_before()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var timer = ATimer.New().Build();
        var key = TimerMessages.KeyOf(timer.TimerId);
        var release = new TaskCompletionSource();
        var handler = new RecordingHandler { Before = _ => release.Task };
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);

        var empty = await publisher.Progress.WaitUntilAppliedAsync(key, MaxWait, default);
        await publisher.Publisher.PublishAsync([timer], default);
        var withoutConsumer = await publisher.Progress.WaitUntilAppliedAsync(key, Short, default);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        await Eventually.That(() => handler.Calls == 1, MaxWait, "the handler has it");
        var whileHandled = await publisher.Progress.WaitUntilAppliedAsync(key, Short, default);
        var waiting = publisher.Progress.WaitUntilAppliedAsync(key, MaxWait, default);
        release.SetResult();

        Assert.That((empty, withoutConsumer, whileHandled, await waiting), Is.EqualTo((true, false, false, true)));
        Assert.That(handler.Count, Is.EqualTo(1), "applied means applied");
    }

    [Test]
    public async Task Whoever_publishes_and_then_asks_finds_it_applied_however_many_ask_together()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                var timer = ATimer.New().Build();
                await publisher.Publisher.PublishAsync([timer], default);
                Assert.That(await publisher.Progress.WaitUntilAppliedAsync(TimerMessages.KeyOf(timer.TimerId), MaxWait, default), Is.True);
                Assert.That(handler.Messages.Any(message => message.TimerId == timer.TimerId), Is.True);
            }
        }));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_a_transaction_leaves_at_the_end_of_a_partition_is_no_message_to_wait_for(bool anyBefore)
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        var timer = ATimer.New().Build();
        var key = TimerMessages.KeyOf(timer.TimerId);
        if (anyBefore)
        {
            await publisher.Publisher.PublishAsync([timer], default);
            Assert.That(await publisher.Progress.WaitUntilAppliedAsync(key, MaxWait, default), Is.True);
        }

        using var writer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = uri,
            TransactionalId = $"{prefix}another-writer",
        }).Build();
        writer.InitTransactions(MaxWait);
        writer.BeginTransaction();
        var partition = KafkaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(key), 4);
        await writer.ProduceAsync(new TopicPartition($"{prefix}timers", partition), new Message<byte[], byte[]> { Value = [1] });
        writer.AbortTransaction(MaxWait);

        Assert.That(await publisher.Progress.WaitUntilAppliedAsync(key, MaxWait, default), Is.True);
    }

    [Test]
    public async Task A_store_outage_of_any_length_keeps_the_membership()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var outage = new TaskCompletionSource();
        var handler = new RecordingHandler { Before = _ => outage.Task };
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler, ("ConsumerSession", "00:00:01"));
        await publisher.Publisher.PublishAsync([ATimer.New().Build()], default);
        await Eventually.That(() => handler.Calls == 1, MaxWait, "the handler has it");

        // Longer than the session (1 s) and than polling may pause (6 s).
        var watch = Stopwatch.StartNew();
        await Eventually.That(() => watch.Elapsed > TimeSpan.FromSeconds(10), MaxWait, "time passes");
        outage.SetResult();
        var after = ATimer.New().Build();
        await publisher.Publisher.PublishAsync([after], default);

        await Eventually.That(() => handler.Messages.Any(message => message.TimerId == after.TimerId), MaxWait, "it goes on");
        Assert.That(handler.Count, Is.EqualTo(2), "nothing was given to anybody again");
    }

    [Test]
    public async Task Partitions_that_another_consumer_takes_over_during_an_outage_are_dropped_from_the_batch()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var timers = Enumerable.Range(0, 40).Select(_ => ATimer.New().Build()).ToList();
        var isAway = true;
        var first = new RecordingHandler
        {
            Before = _ => Volatile.Read(ref isAway) ? throw new StoreUnavailableException(WriteOutcome.Refused, "Away.")
                : Task.CompletedTask,
        };
        var second = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await using var one = await KafkaHost.StartConsumerAsync(uri, prefix, first);
        await publisher.Publisher.PublishAsync(timers, default);
        await Eventually.That(() => first.Calls > 2, MaxWait, "the first is at it");

        await using var other = await KafkaHost.StartConsumerAsync(uri, prefix, second);
        await Eventually.That(() => second.Count > 0, MaxWait, "the second has its share");
        Volatile.Write(ref isAway, false);

        await Eventually.That(() => first.Count + second.Count >= 40, MaxWait, "all are applied");
        Assert.That(first.Messages.Concat(second.Messages).Select(message => message.TimerId),
            Is.EquivalentTo(timers.Select(timer => timer.TimerId)));
    }
}
