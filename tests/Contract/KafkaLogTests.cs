using System.Text;
using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Contract;

/// <summary>The Kafka log on a real broker that all tests share; each test has topics and groups of its own.</summary>
[Parallelizable]
public sealed class KafkaLogTests : DurableLogContract
{
    private string uri = null!;
    private string prefix = null!;
    private KafkaHost publisher = null!;
    private KafkaHost consumer = null!;
    private IBatchHandler<TimerScheduled> fedHandler = null!;

    protected override string Broker => "Kafka";

    protected override async Task<IEventPublisher<TimerScheduled>> StartAsync(IBatchHandler<TimerScheduled> fed)
    {
        uri = Engine.Address("kafka");
        prefix = KafkaHost.NewPrefix();
        fedHandler = fed;
        publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        consumer = await KafkaHost.StartConsumerAsync(uri, prefix, fed);
        return publisher.Publisher;
    }

    protected override async Task StopAsync()
    {
        await consumer.DisposeAsync();
        await publisher.DisposeAsync();
    }

    protected override IServiceProvider Consumer => consumer.Services;

    protected override async Task RestartConsumerAsync()
    {
        await consumer.DisposeAsync();
        consumer = await KafkaHost.StartConsumerAsync(uri, prefix, fedHandler);
    }

    protected override Task PublishRubbishAsync(byte[] bytes) =>
        publisher.Producer.SendAsync([new KafkaMessage($"{prefix}timers", 0, "key"u8.ToArray(), bytes, Headers: null)], default);

    protected override Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() => Task.FromResult<IReadOnlyList<DeadLetter>>(
        [.. KafkaHost.ReadAll(uri, $"{prefix}timers.dead").Select(record => new DeadLetter(
            Encoding.UTF8.GetString(record.Message.Key), record.Message.Value,
            Header(record, MessageHeaders.Reason), Header(record, MessageHeaders.Exception)))]);

    [Test]
    public async Task Many_messages_that_cannot_be_applied_by_themselves_do_not_stop_what_comes_later()
    {
        Handler.Before = batch => batch.Any(message => message.Fingerprint < 10)
            ? throw new InvalidOperationException("It does not compute.")
            : Task.CompletedTask;
        await Publisher.PublishAsync([.. Enumerable.Range(0, 6).Select(i => ATimer.New().WithFingerprint(i).Build())], default);
        await Eventually.That(() => Handler.Calls > 12, MaxWait, "they are tried again");

        await Publisher.PublishAsync([ATimer.New().WithFingerprint(10).Build()], default);

        await Eventually.That(() => Handler.FirstTimes.Count == 1, TimeSpan.FromMinutes(2), "what came later is applied");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 6, MaxWait, "the others are dead letters");
    }

    [Test]
    public async Task A_dead_letter_says_where_it_was_and_keeps_its_headers()
    {
        Handler.Before = _ => throw new InvalidOperationException("Never.");
        await Publisher.PublishAsync([ATimer.New().Build()], default);
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 1, MaxWait, "it is a dead letter");

        var original = KafkaHost.ReadAll(uri, $"{prefix}timers").Single();
        var dead = KafkaHost.ReadAll(uri, $"{prefix}timers.dead").Single();
        Assert.That(dead.Message.Value, Is.EqualTo(original.Message.Value));
        Assert.That(
            new[] { MessageHeaders.Type, MessageHeaders.Version, MessageHeaders.Topic, MessageHeaders.Partition, MessageHeaders.Offset,
                MessageHeaders.Timestamp }
                .Select(name => Header(dead, name)),
            Is.EqualTo(new[]
            {
                "timer.scheduled", "1", $"{prefix}timers", $"{original.Partition.Value}", "0",
                $"{original.Message.Timestamp.UnixTimestampMs}",
            }));
    }

    [Test]
    public async Task Rubbish_larger_than_the_log_takes_from_us_holds_nothing_up()
    {
        // Brokers bound what arrives compressed, so another's message may be larger than ours ever are.
        using (var stranger = new ProducerBuilder<byte[], byte[]>(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = uri,
            ["message.max.bytes"] = "20000000",
            ["compression.type"] = "gzip",
        }).Build())
        {
            var headers = new Headers { { "from", new byte[100_000] } };
            await stranger.ProduceAsync(
                new TopicPartition($"{prefix}timers", 0),
                new Message<byte[], byte[]> { Key = "key"u8.ToArray(), Value = new byte[6 << 20], Headers = headers });
        }

        var timers = Enumerable.Range(0, 40).Select(_ => ATimer.New().Build()).ToList();
        await Publisher.PublishAsync(timers, default);

        await Eventually.That(() => Handler.Count >= timers.Count, MaxWait, "the others flow");
        await Eventually.That(async () => (await DeadLettersAsync()).Count == 1, MaxWait, "it is a dead letter");
        Assert.That((await DeadLettersAsync()).Single().Value, Has.Length.GreaterThan(1 << 20), "with as much of it as there is room for");
    }

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) =>
        Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
