using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Infrastructure.Messaging.Kafka;

/// <summary>How many messages a Consumer has yet to apply on its partitions. Used by the polling thread; the value by any.</summary>
internal sealed class KafkaLag
{
    /// <summary>The client learns where a partition ends by reading it; of a paused one a broker is asked, now and then.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    /// <summary>Polling waits for it, so it is short beside any session time-out.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<TopicPartition, long> ends = [];
    private long value;
    private long asked;

    public long Value => Volatile.Read(ref value);

    /// <summary>The topic may be another one from now on.</summary>
    public void Forget() => ends.Clear();

    /// <summary>Counts anew.</summary>
    /// <param name="consumer">The client that reads the partitions.</param>
    /// <param name="shares">Its partitions.</param>
    /// <param name="held">Messages that are read but not applied.</param>
    public void Measure(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<KafkaShare> shares, long held)
    {
        AskForPaused(consumer, shares);
        var behind = held;
        foreach (var partition in shares.Select(share => share.Partition))
        {
            var end = Math.Max(consumer.GetWatermarkOffsets(partition).High.Value, ends.GetValueOrDefault(partition, -1));
            var position = consumer.Position(partition).Value;
            behind += end >= 0 && position >= 0 ? Math.Max(0, end - position) : 0;
        }

        Volatile.Write(ref value, behind);
    }

    private void AskForPaused(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<KafkaShare> shares)
    {
        List<TopicPartition> paused = [.. shares.Where(share => share.IsPaused).Select(share => share.Partition)];
        if (paused.Count == 0)
        {
            // What was found out still counts: the client knows of no more before it has read on.
            return;
        }

        if (Environment.TickCount64 - asked < AskEvery.TotalMilliseconds)
        {
            return;
        }

        asked = Environment.TickCount64;
        try
        {
            using var admin = new KafkaAdmin(consumer.Handle);
            var wanted = paused.Select(
                partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() });
            var found = admin.Wait(
                admin.Client.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = AskTimeout }), AskTimeout);
            foreach (var end in found.ResultInfos.Select(info => info.TopicPartitionOffsetError))
            {
                ends[end.TopicPartition] = end.Offset.Value;
            }
        }
        catch (KafkaException)
        {
            // What was known is the best guess until brokers answer again.
        }
    }
}
