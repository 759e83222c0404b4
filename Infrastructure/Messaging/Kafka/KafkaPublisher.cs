using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Publishes one type of message; completes when enough brokers have acknowledged all of it.</summary>
internal sealed class KafkaPublisher<TMessage>(
    KafkaProducer producer, KafkaProbe probe, MessageType<TMessage> type, IOptions<KafkaOptions> options) : IEventPublisher<TMessage>
{
    private readonly string topic = options.Value.Prefixed(type.Topic);
    private readonly byte[] name = Encoding.UTF8.GetBytes(type.Name);
    private readonly byte[] version = Encoding.UTF8.GetBytes(type.Version.ToString(CultureInfo.InvariantCulture));

    /// <summary>Headers of most messages; the client only reads them, so that all messages can share them.</summary>
    private Headers? plain;

    /// <inheritdoc />
    public async Task<PublishReceipt> PublishAsync(
        IReadOnlyList<TMessage> messages, MessageContext context, CancellationToken cancellationToken)
    {
        var partitions = probe.PartitionsOf(topic);
        if (partitions == 0 || !probe.IsReachable)
        {
            // Before the messages are serialised: there may be a flood of them.
            throw new LogUnavailableException(WriteOutcome.Refused, "The log cannot be reached.");
        }

        using var span = LogTraces.StartSend(topic, messages.Count);
        var headers = HeadersOf(context);
        var outgoing = new KafkaMessage[messages.Count];
        for (var i = 0; i < outgoing.Length; i++)
        {
            var key = Encoding.UTF8.GetBytes(type.KeyOf(messages[i]));
            outgoing[i] = new KafkaMessage(
                topic, KafkaPartitioner.PartitionOf(key, partitions), key, JsonSerializer.SerializeToUtf8Bytes(messages[i], type.Json),
                headers);
        }

        // The epoch is read afterwards: the producer finds out if the topic was recreated since it sent last.
        var offsets = await producer.SendAsync(outgoing, cancellationToken);
        return new PublishReceipt(MessageEffects.Tracked) { Positions = PositionsOf(outgoing, offsets, probe.EpochOf(topic)) };
    }

    private static LogPosition[] PositionsOf(KafkaMessage[] messages, IReadOnlyList<long> offsets, Guid epoch)
    {
        var positions = new LogPosition[messages.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = new LogPosition(epoch, messages[i].Partition, offsets[i]);
        }

        return positions;
    }

    private Headers HeadersOf(MessageContext context)
    {
        var trace = TraceContext.Current;
        if (trace is null && context.Tenant == Tenant.Default && !context.Source.IsKnown)
        {
            return plain ??= NewHeaders();
        }

        var headers = NewHeaders();
        if (context.Tenant != Tenant.Default)
        {
            headers.Add(MessageHeaders.Tenant, Encoding.UTF8.GetBytes(context.Tenant));
        }

        if (context.Source.IsKnown)
        {
            headers.Add(MessageHeaders.Source, Encoding.ASCII.GetBytes(context.Source.ToString()));
        }

        if (trace is not null)
        {
            headers.Add(MessageHeaders.TraceParent, Encoding.ASCII.GetBytes(trace));
        }

        return headers;
    }

    private Headers NewHeaders() => new() { { MessageHeaders.Type, name }, { MessageHeaders.Version, version } };
}
