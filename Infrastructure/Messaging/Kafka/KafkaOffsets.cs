using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Stores in the client how far a group is; the client commits it soon after.</summary>
internal static class KafkaOffsets
{
    /// <summary>The effects of these are stored, and of all before them.</summary>
    public static void Store(IConsumer<byte[]?, byte[]?> consumer, List<KafkaRecord> applied)
    {
        foreach (var offset in After(applied))
        {
            consumer.StoreOffset(offset);
        }
    }

    /// <summary>
    /// Behind the last message a partition may hold what is none, such as the commit markers of transactions: without this the group
    /// would stay before them, and whoever waits for the end of the log would wait in vain.
    /// </summary>
    /// <param name="consumer">The client that reads the partitions.</param>
    /// <param name="shares">Its partitions.</param>
    /// <param name="early">Messages that were read but not applied.</param>
    public static void StoreEnds(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<KafkaShare> shares, List<KafkaRecord> early)
    {
        foreach (var share in shares)
        {
            if (!early.Exists(entry => entry.Share == share) && share.TakeEnd() is { } end)
            {
                consumer.StoreOffset(new TopicPartitionOffset(share.Partition, end));
            }
        }
    }

    /// <summary>The offsets behind these, of the partitions that are still this process's.</summary>
    public static IEnumerable<TopicPartitionOffset> After(List<KafkaRecord> applied) => applied
        .Where(entry => !entry.Share.IsRevoked)
        .GroupBy(entry => entry.Share)
        .Select(group => new TopicPartitionOffset(group.Key.Partition, group.Max(entry => entry.Result.Offset.Value) + 1));
}
