using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Contracts.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Reads messages' bytes, applies them, and puts what cannot be read or applied on the dead-letter topic.</summary>
internal sealed class KafkaBatchApplier<TMessage>(
    IBatchHandler<TMessage> handler,
    MessageType<TMessage> type,
    KafkaProducer producer,
    KafkaProbe probe,
    IOptions<KafkaOptions> options,
    ConsumerMetrics metrics,
    TimeProvider time,
    ILogger<KafkaBatchApplier<TMessage>> logger) : BatchApplier<KafkaEntry<TMessage>, TMessage>(handler, time, logger)
{
    /// <summary>Bytes of key and value that a dead letter keeps: what the producer takes, with its own headers aside.</summary>
    private const int MostBytes = KafkaProducer.LargestContents;

    /// <summary>Bytes of the message's own headers that it keeps, so that there is room for the reason.</summary>
    private const int MostHeaderBytes = 32 << 10;

    private readonly string deadTopic = options.Value.Prefixed(type.DeadTopic);

    /// <summary>Completes when nothing of the batch is left to do.</summary>
    public async Task ApplyAllAsync(IReadOnlyList<KafkaEntry<TMessage>> entries, CancellationToken cancellationToken)
    {
        var readable = new List<KafkaEntry<TMessage>>(entries.Count);
        foreach (var entry in entries)
        {
            try
            {
                entry.Message = Read(entry.Record.Message);
                readable.Add(entry);
            }
            catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException or NotSupportedException)
            {
                await BuryAsync(entry, error, cancellationToken);
            }
        }

        metrics.Consumed(type.Topic, await ApplyAsync(readable, cancellationToken));
    }

    /// <inheritdoc />
    protected override bool IsMine(KafkaEntry<TMessage> entry) => !entry.Share.IsRevoked;

    /// <inheritdoc />
    protected override TMessage MessageOf(KafkaEntry<TMessage> entry) => entry.Message!;

    /// <inheritdoc />
    protected override async Task BuryAsync(KafkaEntry<TMessage> entry, Exception reason, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        await PersistAsync(
            () =>
            {
                var partitions = probe.PartitionsOf(deadTopic);
                if (partitions == 0)
                {
                    throw new LogUnavailableException(Contracts.Storage.WriteOutcome.Refused, "The dead-letter topic cannot be reached.");
                }

                var partition = record.Message.Key is { } key ? KafkaPartitioner.PartitionOf(key, partitions) : record.Partition.Value % partitions;
                return producer.SendAsync(
                    [Fit(new KafkaMessage(deadTopic, partition, record.Message.Key, record.Message.Value, HeadersOf(record, reason)))],
                    cancellationToken);
            },
            () => IsMine(entry),
            cancellationToken);
        metrics.DeadLettered(type.Topic);
        LogBuried(reason, record.TopicPartitionOffset.ToString());
    }

    /// <summary>Brokers bound what arrives compressed, so a stranger's message can be larger than what we may send. Its beginning is kept, and where the whole of it is.</summary>
    private static KafkaMessage Fit(KafkaMessage message)
    {
        if (message.Bytes <= MostBytes)
        {
            return message;
        }

        var key = message.Key is { Length: > MostBytes / 2 } longKey ? longKey[..(MostBytes / 2)] : message.Key;
        var room = MostBytes - (key?.Length ?? 0);
        return message with { Key = key, Value = message.Value is { } value && value.Length > room ? value[..room] : message.Value };
    }

    private static Headers HeadersOf(ConsumeResult<byte[]?, byte[]?> record, Exception reason)
    {
        var headers = new Headers();
        var bytes = 0;
        foreach (var header in record.Message.Headers ?? [])
        {
            bytes += header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
            if (bytes <= MostHeaderBytes)
            {
                headers.Add(header.Key, header.GetValueBytes());
            }
        }

        Add(MessageHeaders.Reason, reason.Message);
        Add(MessageHeaders.Exception, reason.GetType().FullName!);
        Add(MessageHeaders.Topic, record.Topic);
        Add(MessageHeaders.Partition, Number(record.Partition.Value));
        Add(MessageHeaders.Offset, Number(record.Offset.Value));
        Add(MessageHeaders.Timestamp, Number(record.Message.Timestamp.UnixTimestampMs));
        return headers;

        // One that was replayed and died again tells of its last death.
        void Add(string name, string value)
        {
            headers.Remove(name);
            headers.Add(name, Encoding.UTF8.GetBytes(value.Length > 1_000 ? value[..1_000] : value));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private TMessage Read(Message<byte[]?, byte[]?> message)
    {
        if (message.Headers is { } headers && headers.TryGetLastBytes(MessageHeaders.Type, out var name) && !name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(type.Name)))
        {
            throw new FormatException($"The message's type is '{Encoding.UTF8.GetString(name)}', not '{type.Name}'.");
        }

        return (message.Value is { } value ? JsonSerializer.Deserialize(value, type.Json) : default)
            ?? throw new FormatException("The message is empty.");
    }
}
