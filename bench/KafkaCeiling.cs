using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Timers.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Bench;

/// <summary>
/// A bare producer of the messages that creates send: the service's client and settings, the same keys, values and headers, and a topic
/// like the service's own that nobody reads.
/// </summary>
internal sealed class KafkaCeiling : IDisposable
{
    /// <summary>Number of messages that are serialised before the clock starts and then sent in rotation.</summary>
    private const int Prepared = 10_000;

    private readonly IProducer<byte[]?, byte[]?> producer;
    private readonly KafkaMessage[] messages;

    /// <param name="connection">Connection string, in the form that the service takes.</param>
    /// <param name="prefix">Prefix of the topic's name.</param>
    public KafkaCeiling(string connection, string prefix)
    {
        var options = Options.Create(new KafkaOptions { TopicPrefix = prefix });
        var log = new KafkaClientLog(NullLogger<KafkaClientLog>.Instance, TimeProvider.System);
        producer = new KafkaClients(KafkaConnection.Parse(connection), options, log).CreateProducer(_ => { });
        var type = TimerMessages.Scheduled;
        var topic = new KafkaTopic(prefix + type.Topic, options.Value.Partitions, options.Value.Retention, options.Value.SegmentTime);
        using var admin = new KafkaAdmin(producer.Handle);
        new KafkaTopics([topic], options, NullLogger<KafkaTopics>.Instance).Ensure(admin);
        messages = Prepare(topic, type);
    }

    /// <summary>Sends single messages for the given time, with <paramref name="underWay"/> of them in flight at once.</summary>
    /// <returns>Messages per second.</returns>
    public async Task<double> SendForAsync(TimeSpan time, int underWay)
    {
        var watch = Stopwatch.StartNew();
        var sent = await SendWhileAsync(underWay, together: 1, () => watch.Elapsed < time);
        return sent / watch.Elapsed.TotalSeconds;
    }

    /// <summary>
    /// Sends <paramref name="count"/> messages in batches of a thousand, with <paramref name="underWay"/> batches in flight at once.
    /// </summary>
    /// <returns>Messages per second.</returns>
    public async Task<double> SendBatchesAsync(int count, int underWay)
    {
        var left = count;
        var watch = Stopwatch.StartNew();
        var sent = await SendWhileAsync(underWay, together: 1_000, () => Interlocked.Add(ref left, -1_000) >= 0);
        return sent / watch.Elapsed.TotalSeconds;
    }

    public void Dispose() => producer.Dispose();

    /// <summary>Builds the messages as a request does (KafkaPublisher), with keys that share partitions as a Producer's keys do.</summary>
    private static KafkaMessage[] Prepare(KafkaTopic topic, MessageType<TimerScheduled> type)
    {
        var headers = new Headers
        {
            { MessageHeaders.Type, Encoding.UTF8.GetBytes(type.Name) },
            { MessageHeaders.Version, Encoding.UTF8.GetBytes(type.Version.ToString(CultureInfo.InvariantCulture)) },
        };
        var keys = new CoalescedKeys(() => topic.Partitions);
        var spec = new TimerSpec { Url = new Uri(Load.Nowhere) };
        return
        [
            .. Load.Spread(Prepared).Select(due =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var timer = new TimerScheduled(keys.Draw(Tenant.Default, now).Key, due, now, spec);
                var key = Encoding.UTF8.GetBytes(type.KeyOf(timer));
                return new KafkaMessage(
                    topic.Name, KafkaPartitioner.PartitionOf(key, topic.Partitions), key,
                    JsonSerializer.SerializeToUtf8Bytes(timer, type.Json), headers);
            }),
        ];
    }

    private async Task<int> SendWhileAsync(int underWay, int together, Func<bool> more)
    {
        var next = -together;
        var counts = await Task.WhenAll(Enumerable.Range(0, underWay).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; more(); count += together)
            {
                await SendAsync(Interlocked.Add(ref next, together), together);
            }

            return count;
        })));
        return counts.Sum();
    }

    /// <summary>Completes when all of the messages are acknowledged.</summary>
    private Task SendAsync(int from, int count)
    {
        var sent = new KafkaMessage[count];
        for (var i = 0; i < count; i++)
        {
            sent[i] = messages[(from + i) % Prepared];
        }

        var publication = new KafkaPublication(sent, bytes: 0, new KafkaEnds(), static (_, _) => { });
        Action<DeliveryReport<byte[]?, byte[]?>> report = publication.Delivered;
        foreach (var message in sent)
        {
            producer.Produce(
                new TopicPartition(message.Topic, message.Partition),
                new Message<byte[]?, byte[]?> { Key = message.Key!, Value = message.Value!, Headers = message.Headers },
                report);
        }

        return publication.Done;
    }
}
