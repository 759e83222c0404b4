using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>A message on its way to a partition.</summary>
internal readonly record struct KafkaMessage(string Topic, int Partition, byte[]? Key, byte[]? Value, Headers? Headers)
{
    public int Bytes => (Key?.Length ?? 0) + (Value?.Length ?? 0);
}
