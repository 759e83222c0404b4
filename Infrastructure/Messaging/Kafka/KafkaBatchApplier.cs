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

    private readonly ConcurrentQueue<KafkaRecord> later = new();
    private readonly string deadTopic = options.Value.Prefixed(MessageType.DeadTopicOf(routes.Topic));

    /// <summary>Completes when the whole batch is done.</summary>
    public async Task ApplyAllAsync(IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken)
    {
        later.Clear();
        var readable = new List<KafkaEntry>(records.Count);
        foreach (var record in records)
        {
            try
            {
                readable.Add(Read(record));
            }
            catch (MessageRejectedException error)
            {
                await DeadLetterAsync(record, error, cancellationToken);
                LogDeadLetter(error, PositionOf(record));
            }
        }

        metrics.Consumed(Topic, await ApplyAsync(readable, cancellationToken));
    }

    /// <summary>A message that came while a batch is under way; to be called in their order.</summary>
    public void AddWitness(KafkaRecord record) => later.Enqueue(record);

    /// <inheritdoc />
    protected override IReadOnlyList<KafkaEntry> Witnesses => [.. later.Select(TryRead).OfType<KafkaEntry>()];

    /// <inheritdoc />
    protected override Task DeadLetterAsync(KafkaEntry entry, Exception reason, CancellationToken cancellationToken) =>
        DeadLetterAsync(entry.Record, reason, cancellationToken);

    private async Task DeadLetterAsync(KafkaRecord record, Exception reason, CancellationToken cancellationToken)
    {
        var letter = LetterOf(record, reason);
        await PersistAsync(() => deadLetters.AddAsync(letter, cancellationToken), () => !record.Share.IsRevoked, cancellationToken);
        await PersistAsync(() => PublishAsync(record.Result, reason, cancellationToken), () => !record.Share.IsRevoked, cancellationToken);
        metrics.DeadLettered(Topic);
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
            Key = record.Result.Message.Key is { } key ? Encoding.UTF8.GetString(key) : string.Empty,
            Content = record.Result.Message.Value ?? [],
            Position = source,
            Reason = DeadLetters.ReasonOf(reason),
            Exception = DeadLetters.ClassOf(reason),
            DiedAt = Time.GetUtcNow(),
        };
    }

    /// <summary>Null for one that cannot be read, which its own batch finds out.</summary>
    private KafkaEntry? TryRead(KafkaRecord record)
    {
        try
        {
            return Read(record);
        }
        catch (MessageRejectedException)
        {
            return null;
        }
    }

    private KafkaEntry Read(KafkaRecord record)
    {
        var route = routes.Find(record.Header(MessageHeaders.Type));
        return new KafkaEntry(route, route.Read(record.Result.Message.Value), PositionOf(record), record)
        {
            Tenant = TenantOf(record),
            Source = SourceOf(record),
            TraceParent = record.Header(MessageHeaders.TraceParent),
        };
    }

    private static LogPosition PositionOf(KafkaRecord record) =>
        new(record.Share.Epoch, record.Result.Partition.Value, record.Result.Offset.Value);

    private static LogPosition SourceOf(KafkaRecord record) =>
        record.Header(MessageHeaders.Source) is { } text && LogPosition.TryParse(text, out var source) ? source : PositionOf(record);

    private static string TenantOf(KafkaRecord record) =>
        record.Header(MessageHeaders.Tenant) is { Length: > 0 and <= Tenant.MaxLength } tenant ? tenant : Tenant.Default;

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
