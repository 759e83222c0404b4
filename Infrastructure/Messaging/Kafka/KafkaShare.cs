using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>One partition, from the moment that the group assigned it until it took it away.</summary>
internal sealed class KafkaShare(TopicPartition partition)
{
    private volatile bool isRevoked;

    public TopicPartition Partition => partition;

    public bool IsRevoked => isRevoked;

    public void Revoke() => isRevoked = true;
}
