using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Takes over how far a group of an earlier release was, whose name lacked the topic's id. Brokers forget the offsets of a topic that is
/// deleted, and nobody commits to that group any more, so they are the present topic's.
/// </summary>
internal static class KafkaFormerGroup
{
    /// <summary>Asks the brokers; blocks.</summary>
    /// <param name="consumer">A member of the present group.</param>
    /// <param name="former">The former group's name, with the prefix.</param>
    /// <param name="assigned">The partitions in question.</param>
    /// <param name="timeout">How long each of two replies may take.</param>
    /// <returns>Where to begin with each: unset where the present group knows, or neither does.</returns>
    /// <exception cref="KafkaException">No answer.</exception>
    public static List<TopicPartitionOffset> Begin(
        IConsumer<byte[]?, byte[]?> consumer, string former, List<TopicPartition> assigned, TimeSpan timeout)
    {
        var unknown = consumer.Committed(assigned, timeout)
            .Where(own => own.Offset == Offset.Unset).Select(own => own.TopicPartition).ToList();
        var found = unknown.Count == 0 ? [] : Committed(consumer, former, unknown, timeout);
        return assigned.ConvertAll(
            partition => new TopicPartitionOffset(partition, found.GetValueOrDefault(partition, Offset.Unset)));
    }

    private static Dictionary<TopicPartition, Offset> Committed(
        IConsumer<byte[]?, byte[]?> consumer, string former, List<TopicPartition> partitions, TimeSpan timeout)
    {
        using var admin = new KafkaAdmin(consumer.Handle);
        try
        {
            var groups = admin.Wait(
                admin.Client.ListConsumerGroupOffsetsAsync(
                    [new ConsumerGroupTopicPartitions(former, partitions)],
                    new ListConsumerGroupOffsetsOptions { RequestTimeout = timeout }),
                timeout);
            return groups[0].Partitions.Where(each => !each.Error.IsError && each.Offset.Value >= 0)
                .ToDictionary(each => each.TopicPartition, each => each.Offset);
        }
        catch (KafkaException error) when (error.Error.Code is ErrorCode.GroupAuthorizationFailed or ErrorCode.GroupIdNotFound)
        {
            // Everything is read again then, which changes no effect.
            return [];
        }
    }
}
