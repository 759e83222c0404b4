using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>The last offset that this process was given on each partition: only a recreated topic gives a smaller one later.</summary>
internal sealed class KafkaEnds
{
    private readonly Lock gate = new();
    private readonly Dictionary<TopicPartition, long> last = [];

    /// <summary>To be called for each acknowledgement, in their order; thread-safe, since a client that failed may still call.</summary>
    /// <returns>False when the partition's offsets begin again.</returns>
    public bool TryAdvance(TopicPartitionOffset acknowledged)
    {
        var offset = acknowledged.Offset.Value;
        if (offset < 0)
        {
            // Acknowledged again after a repetition, without its offset.
            return true;
        }

        lock (gate)
        {
            var advances = !last.TryGetValue(acknowledged.TopicPartition, out var before) || offset > before;
            last[acknowledged.TopicPartition] = offset;
            return advances;
        }
    }
}
