using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>One partition, from the moment that the group assigned it until it took it away.</summary>
internal sealed class KafkaShare(TopicPartition partition)
{
    private volatile bool isRevoked;

    public TopicPartition Partition => partition;

    public bool IsRevoked => isRevoked;

    /// <summary>Whether a message was read from it; touched by the polling thread only.</summary>
    public bool IsBegun { get; set; }

    /// <summary>Touched by the polling thread only.</summary>
    public bool IsPaused { get; set; }

    public void Revoke() => isRevoked = true;
}
