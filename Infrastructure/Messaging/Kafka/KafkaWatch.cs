using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Ends a Consumer's client that has left its group without noticing, or reads nothing although there is something, while brokers answer:
/// a new client goes on. Used by the polling thread.
/// </summary>
internal sealed class KafkaWatch : IDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Rebalances last as long as the slowest member may take to poll; to that come a session and what a join takes.</summary>
    private const int SessionsUnsettled = KafkaConsumer.PollSessions + 2;

    private readonly KafkaProbe probe;
    private readonly KafkaStandstill standstill;
    private readonly KafkaMembership membership;
    private readonly KafkaAdmin admin;
    private readonly TimeProvider time;
    private (Task<ListOffsetsResult> Reply, long Since)? asked;

    public KafkaWatch(IConsumer<byte[]?, byte[]?> consumer, KafkaProbe probe, KafkaMembership membership, TimeProvider time)
    {
        this.probe = probe;
        this.membership = membership;
        this.time = time;
        standstill = new KafkaStandstill(time);
        admin = new KafkaAdmin(consumer.Handle);
    }

    /// <summary>How long a client may be between two memberships.</summary>
    public static TimeSpan LimitOf(KafkaOptions options) => options.ConsumerSession * SessionsUnsettled;

    /// <summary>To be called about once a second.</summary>
    /// <exception cref="KafkaClientLostException">The client is to be replaced.</exception>
    public void Check(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<KafkaShare> shares)
    {
        if (!probe.IsReachable)
        {
            membership.Reset();
            standstill.Clear();
        }

        if (membership.IsLost)
        {
            throw new KafkaClientLostException("The Consumer's client has not come back into its group, although Kafka answers.");
        }

        Judge();
        var idle = standstill.Note(shares.Where(share => !share.IsPaused && !share.IsRevoked).ToDictionary(
            share => share.Partition, share => Math.Max(consumer.Position(share.Partition).Value, share.Read)));
        if (asked is null && idle.Count > 0)
        {
            var wanted = idle.Select(
                partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() });
            asked = (admin.Client.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = AskTimeout }), time.GetTimestamp());
        }
    }

    /// <inheritdoc />
    public void Dispose() => admin.Dispose();

    private void Judge()
    {
        if (asked is not var (reply, since) || !(reply.IsCompleted || time.GetElapsedTime(since) > AskTimeout))
        {
            return;
        }

        asked = null;
        try
        {
            var ends = admin.Wait(reply, TimeSpan.Zero).ResultInfos.Select(info => info.TopicPartitionOffsetError)
                .Where(end => !end.Error.IsError);
            foreach (var end in ends.Where(end => standstill.IsStuck(end.TopicPartition, end.Offset.Value)))
            {
                throw new KafkaClientLostException($"The Consumer's client reads no more of {end.TopicPartition}, although there is more.");
            }
        }
        catch (KafkaException)
        {
            standstill.Clear();
        }
    }
}
