using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>One partition, from the moment that the group assigned it until it took it away.</summary>
/// <param name="partition">The topic and the partition's number.</param>
/// <param name="epoch">The topic's incarnation at that moment.</param>
internal sealed class KafkaShare(TopicPartition partition, Guid epoch)
{
    private volatile bool isRevoked;
    private long last = -1;

    public TopicPartition Partition => partition;

    public Guid Epoch => epoch;

    public bool IsRevoked => isRevoked;

    /// <summary>
    /// Whether the topic's incarnation was asked for after a message was read: until then offsets show nothing, and a message may be the
    /// first one of a topic that was recreated. Touched by the polling thread only.
    /// </summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Called by the polling thread for each message. False when offsets begin again, as those of a recreated topic do.</summary>
    public bool TryAdvance(long offset)
    {
        var advances = offset > last;
        last = offset;
        return advances;
    }

    /// <summary>Where reading reached the end of the partition; null when it has not since. Touched by the polling thread only.</summary>
    public long? End { private get; set; }

    /// <summary>The end that was reached, once, if there is something between it and the last message that was read.</summary>
    public long? TakeEnd()
    {
        var end = End;
        End = null;
        return end > last + 1 && !isRevoked ? end : null;
    }

    /// <summary>Whether a message was read from it; touched by the polling thread only.</summary>
    public bool IsBegun { get; set; }

    /// <summary>Touched by the polling thread only.</summary>
    public bool IsPaused { get; private set; }

    public void Revoke() => isRevoked = true;

    /// <summary>Stops reading those of them that are read.</summary>
    public static void Pause(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<KafkaShare> shares)
    {
        var read = shares.Where(share => !share.IsPaused && !share.IsRevoked).ToList();
        consumer.Pause(read.Select(share => share.Partition));
        read.ForEach(share => share.IsPaused = true);
    }

    /// <summary>Goes on reading those of them that are paused.</summary>
    public static void Resume(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<KafkaShare> shares)
    {
        var paused = shares.Where(share => share.IsPaused).ToList();
        consumer.Resume(paused.Select(share => share.Partition));
        paused.ForEach(share => share.IsPaused = false);
    }
}
