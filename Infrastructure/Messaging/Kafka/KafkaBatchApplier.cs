using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Contracts.Common;
using Contracts.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Reads messages' bytes, applies them, and makes dead letters of what cannot be read or applied: in the store for those who look, on the
/// dead-letter topic for those who subscribe.
/// </summary>
internal sealed class KafkaBatchApplier(
    TopicRoutes routes,
    IDeadLetterStore deadLetters,
    KafkaProducer producer,
    KafkaProbe probe,
    ConsumerStalls stalls,
    IOptions<KafkaOptions> options,
    ConsumerMetrics metrics,
    TimeProvider time,
    ILogger<KafkaBatchApplier> logger) : BatchApplier<KafkaEntry>(routes.Topic, stalls, time, logger)
{
    /// <summary>Bytes of key and value that a dead letter keeps: what the producer takes, with its own headers aside.</summary>
    private const int MaxBytes = KafkaProducer.MaxContentBytes;

    /// <summary>Bytes of the message's own headers that it keeps, so that there is room for the reason.</summary>
    private const int MaxHeaderBytes = 32 << 10;

    private readonly ConcurrentQueue<KafkaEntry> later = new();
    private readonly string deadTopic = options.Value.Prefixed(MessageType.DeadTopicOf(routes.Topic));

    /// <summary>Completes when the whole batch is done.</summary>
    public async Task ApplyAllAsync(IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken)
    {
        later.Clear();
        metrics.Consumed(Topic, await ApplyAsync([.. records.Select(EntryOf)], cancellationToken));
    }

    /// <summary>A message that came while a batch is under way; to be called in their order.</summary>
    public void AddWitness(KafkaRecord record)
    {
        var entry = EntryOf(record);
        later.Enqueue(entry);
        if (entry.IsReadable)
        {
            Witness();
        }
    }

    /// <inheritdoc />
    protected override IReadOnlyList<KafkaEntry> Witnesses => [.. later];

    /// <inheritdoc />
    protected override async Task DeadLetterAsync(KafkaEntry entry, Exception reason, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        var letter = LetterOf(record, reason);
        await PersistAsync(() => deadLetters.AddAsync(letter, cancellationToken), () => !record.Share.IsRevoked, cancellationToken);
        await PersistAsync(() => PublishAsync(record.Result, reason, cancellationToken), () => !record.Share.IsRevoked, cancellationToken);
        metrics.DeadLettered(Topic, letter.Tenant);
    }

    private Task<IReadOnlyList<long>> PublishAsync(
        ConsumeResult<byte[]?, byte[]?> record, Exception reason, CancellationToken cancellationToken)
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
    }

    private DeadLetter LetterOf(KafkaRecord record, Exception reason)
    {
        var source = SourceOf(record);
        return new DeadLetter
        {
            Id = DeadLetter.IdOf(Topic, source),
            Tenant = TenantOf(record),
            Topic = Topic,
            Type = record.Header(MessageHeaders.Type) ?? string.Empty,
            Key = KeyOf(record),
            Content = record.Result.Message.Value ?? [],
            Position = source,
            Reason = DeadLetters.ReasonOf(reason),
            Exception = DeadLetters.ClassOf(reason),
            DiedAt = Time.GetUtcNow(),
        };
    }

    private KafkaEntry EntryOf(KafkaRecord record)
    {
        var (route, message) = routes.Read(
            record.Header(MessageHeaders.Type), record.Header(MessageHeaders.Tenant), KeyOf(record), record.Result.Message.Value);
        return new KafkaEntry(route, message, PositionOf(record), record)
        {
            Tenant = TenantOf(record),
            Source = SourceOf(record),
            TraceParent = record.Header(MessageHeaders.TraceParent),
        };
    }

    private static string KeyOf(KafkaRecord record) =>
        record.Result.Message.Key is { } key ? Encoding.UTF8.GetString(key) : string.Empty;

    private static LogPosition PositionOf(KafkaRecord record) =>
        new(record.Share.Epoch, record.Result.Partition.Value, record.Result.Offset.Value);

    private static LogPosition SourceOf(KafkaRecord record) =>
        record.Header(MessageHeaders.Source) is { } text && LogPosition.TryParse(text, out var source) ? source : PositionOf(record);

    /// <summary>The default one of a message without, and of a dead letter that names one that cannot be.</summary>
    private static string TenantOf(KafkaRecord record) =>
        record.Header(MessageHeaders.Tenant) is { } tenant && Tenant.IsValid(tenant) ? tenant : Tenant.Default;

    /// <summary>
    /// Brokers bound what arrives compressed, so a stranger's message can be larger than what we may send. Its beginning is kept, and where
    /// the whole of it is.
    /// </summary>
    private static KafkaMessage Fit(KafkaMessage message)
    {
        if (message.Bytes <= MaxBytes)
        {
            return message;
        }

        var key = message.Key is { Length: > MaxBytes / 2 } longKey ? longKey[..(MaxBytes / 2)] : message.Key;
        var room = MaxBytes - (key?.Length ?? 0);
        return message with { Key = key, Value = message.Value is { } value && value.Length > room ? value[..room] : message.Value };
    }

    private static Headers HeadersOf(ConsumeResult<byte[]?, byte[]?> record, Exception reason)
    {
        var headers = new Headers();
        var bytes = 0;
        foreach (var header in record.Message.Headers ?? [])
        {
            bytes += header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
            if (bytes <= MaxHeaderBytes)
            {
                headers.Add(header.Key, header.GetValueBytes());
            }
        }

        Add(MessageHeaders.Reason, DeadLetters.ReasonOf(reason));
        Add(MessageHeaders.Exception, DeadLetters.ClassOf(reason));
        Add(MessageHeaders.Topic, record.Topic);
        Add(MessageHeaders.Partition, Number(record.Partition.Value));
        Add(MessageHeaders.Offset, Number(record.Offset.Value));
        Add(MessageHeaders.Timestamp, Number(record.Message.Timestamp.UnixTimestampMs));
        return headers;

        // One that was replayed and failed again reports its last failure.
        void Add(string name, string value)
        {
            headers.Remove(name);
            headers.Add(name, Encoding.UTF8.GetBytes(value.Length > 1_000 ? value[..1_000] : value));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
