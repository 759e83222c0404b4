using Confluent.Kafka;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Clients that do nothing any more, without an error, are found: those not in their group, and those that do not read.</summary>
[Parallelizable]
public sealed class KafkaWatchTests
{
    private static readonly TopicPartition One = new("topic", 0);
    private static readonly TopicPartition Other = new("topic", 1);

    private readonly FakeTimeProvider clock = Clocks.AtNoon();

    [TestCase("up", "steady", false)]
    [TestCase("up", "wait-join", true)]
    [TestCase("query-coord", "init", true)]
    [TestCase("wait-broker-transport", "steady", true)]
    public void A_client_that_is_not_settled_in_its_group_for_too_long_is_lost(string state, string joinState, bool isLost)
    {
        var membership = new KafkaMembership(clock, TimeSpan.FromSeconds(48));
        clock.Advance(TimeSpan.FromSeconds(47));
        Assert.That(membership.IsLost, Is.False);

        membership.Read($$"""{ "name": "c", "cgrp": { "state": "{{state}}", "stateage": 5, "join_state": "{{joinState}}" } }""");
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(membership.IsLost, Is.EqualTo(isLost));
        membership.Reset();
        Assert.That(membership.IsLost, Is.False);
    }

    [Test]
    public void A_partition_that_is_behind_and_does_not_move_stands_still()
    {
        var standstill = new KafkaStandstill(clock);
        Assert.That(Note(standstill, (One, 5), (Other, 7)), Is.Empty);
        clock.Advance(KafkaStandstill.Idle);
        Assert.That(Note(standstill, (One, 5), (Other, 8)), Is.EqualTo(new[] { One }), "the other one has moved");
        Assert.That(standstill.IsStuck(One, 6), Is.False, "it may be about to be read");

        clock.Advance(KafkaStandstill.Patience);
        Assert.That(Note(standstill, (One, 5), (Other, 9)), Is.EqualTo(new[] { One }));

        Assert.That(standstill.IsStuck(One, 6), Is.True);
    }

    [TestCase(5, 5)]
    [TestCase(-1001, 0)]
    public void A_partition_that_is_read_to_its_end_does_not_stand_still(long position, long end)
    {
        var standstill = new KafkaStandstill(clock);
        for (var i = 0; i < 5; i++)
        {
            Note(standstill, (One, position));
            Assert.That(standstill.IsStuck(One, end), Is.False);
            clock.Advance(KafkaStandstill.Idle + KafkaStandstill.Patience);
        }
    }

    [Test]
    public void What_moves_is_paused_or_cannot_be_asked_for_begins_anew()
    {
        var standstill = new KafkaStandstill(clock);
        Action[] anew =
        [
            () => Note(standstill, (One, 6)),
            () => Note(standstill),
            standstill.Clear,
        ];
        foreach (var again in anew)
        {
            Note(standstill, (One, 5));
            Assert.That(standstill.IsStuck(One, 9), Is.False);
            clock.Advance(KafkaStandstill.Patience);
            again();

            Assert.That(Note(standstill, (One, 5)), Is.Empty);
            Assert.That(standstill.IsStuck(One, 9), Is.False);
            standstill.Clear();
        }
    }

    [Test]
    public async Task A_client_that_reads_nothing_more_although_there_is_something_is_given_up()
    {
        var prefix = KafkaHost.NewPrefix();
        await using var publisher = await KafkaHost.StartPublisherAsync(Engine.Address("kafka"), prefix);
        var at = new TopicPartition($"{prefix}timers", 0);
        using var consumer = publisher.Services.GetRequiredService<KafkaClients>().CreateConsumer(
            "watched", new Dictionary<string, string> { ["enable.partition.eof"] = "true" }, _ => { });
        consumer.Assign(new TopicPartitionOffset(at, Offset.Beginning));
        var membership = new KafkaMembership(clock, TimeSpan.MaxValue);
        using var watch = new KafkaWatch(consumer, publisher.Probe, membership, clock);
        var share = new KafkaShare(at, Guid.NewGuid());
        await Eventually.That(() => consumer.Consume(100) is { IsPartitionEOF: true }, KafkaHost.MaxWait, "the empty partition is read");
        share.Reach(0);
        await CheckForAMinuteAsync();

        // Unknown to its share, as if the client had stopped by itself.
        consumer.Pause([at]);
        using var producer = publisher.Services.GetRequiredService<KafkaClients>().CreateProducer(_ => { });
        await producer.ProduceAsync(at, new Message<byte[]?, byte[]?> { Value = [1] });

        Assert.That(CheckForAMinuteAsync, Throws.InstanceOf<KafkaClientLostException>().With.Message.Contains(at.Topic));
        return;

        async Task CheckForAMinuteAsync()
        {
            for (var second = 0; second < 60; second++)
            {
                watch.Check(consumer, [share]);
                consumer.Consume(0);
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(100);
            }
        }
    }

    private static List<TopicPartition> Note(KafkaStandstill standstill, params (TopicPartition Partition, long Position)[] positions) =>
        standstill.Note(positions.ToDictionary(each => each.Partition, each => each.Position));
}
