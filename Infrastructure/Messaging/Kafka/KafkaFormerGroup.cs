using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Takes over how far a group of an earlier release was, whose name lacked the topic's id. Brokers forget the offsets of a topic that is
/// deleted, and nobody commits to that group any more, so they are the present topic's.
/// </summary>
/// <remarks>
/// Asked through a client of that group. An administrative request would do without one, but those that go to a group's coordinator end
/// the process if the coordinator is restarted meanwhile (librdkafka's issue 3663: an assertion).
/// </remarks>
/// <param name="clients">Makes the client that asks.</param>
/// <param name="former">The former group's name, without the prefix.</param>
internal sealed class KafkaFormerGroup(KafkaClients clients, string former)
{
    /// <summary>Asks the brokers; blocks.</summary>
    /// <param name="consumer">A member of the present group.</param>
    /// <param name="assigned">The partitions in question.</param>
    /// <param name="timeout">How long each of two replies may take.</param>
    /// <returns>Where to begin with each: unset where the present group knows, or neither does.</returns>
    /// <exception cref="KafkaException">No answer.</exception>
    public List<TopicPartitionOffset> Begin(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> assigned, TimeSpan timeout)
    {
        var unknown = consumer.Committed(assigned, timeout)
            .Where(own => own.Offset == Offset.Unset).Select(own => own.TopicPartition).ToList();
        var found = unknown.Count == 0 ? [] : Committed(unknown, timeout);
        return assigned.ConvertAll(
            partition => new TopicPartitionOffset(partition, found.GetValueOrDefault(partition, Offset.Unset)));
    }

    private Dictionary<TopicPartition, Offset> Committed(List<TopicPartition> partitions, TimeSpan timeout)
    {
        using var asking = clients.CreateConsumer(former, new Dictionary<string, string>(StringComparer.Ordinal), _ => { });
        try
        {
            return asking.Committed(partitions, timeout).Where(each => each.Offset.Value >= 0)
                .ToDictionary(each => each.TopicPartition, each => each.Offset);
        }
        catch (KafkaException error) when (IsNone(error.Error.Code)
            || (error is TopicPartitionOffsetException partial && partial.Results.TrueForAll(each => IsNone(each.Error.Code))))
        {
            // Everything is read again then, which changes no effect.
            return [];
        }
    }

    private static bool IsNone(ErrorCode code) => code is ErrorCode.GroupAuthorizationFailed or ErrorCode.GroupIdNotFound;
}
