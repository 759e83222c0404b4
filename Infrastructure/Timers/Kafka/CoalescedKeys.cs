using Contracts.Timers;
using Infrastructure.Messaging.Kafka;

namespace Infrastructure.Timers.Kafka;

/// <summary>
/// Keys whose messages go into few requests: those drawn one after the other belong to the same partition, and the next ones to the next.
/// </summary>
/// <remarks>
/// Producers send a request for each partition. Keys in no order spread the few messages that are under way at a time over all of
/// them, a request each; the same thought as Kafka's sticky partitioner (KIP-480), which has no keys to mind. See docs/performance.md.
/// </remarks>
/// <param name="partitions">Of the topic; 0 while they are not known, when any key will do.</param>
internal sealed class CoalescedKeys(Func<int> partitions) : ITimerKeys
{
    /// <summary>About as many as are in flight under load.</summary>
    private const int Run = 64;

    /// <summary>Bounds the draws that a key takes: of more partitions several are as good as one.</summary>
    private const int MaxGroups = 16;

    private const int MaxDraws = 8 * MaxGroups;

    // Producers begin at different partitions.
    private uint drawn = (uint)Random.Shared.Next();

    /// <inheritdoc />
    public DrawnKey Draw(string tenant, DateTimeOffset now)
    {
        var count = partitions();
        var groups = Math.Clamp(count, 1, MaxGroups);
        var wanted = (int)(Interlocked.Increment(ref drawn) / Run % (uint)groups);
        Span<byte> text = stackalloc byte[36];
        for (var draws = 1; ; draws++)
        {
            var key = TimerKey.Draw(tenant, now);
            if (groups == 1 || draws == MaxDraws)
            {
                return key;
            }

            key.Key.TryFormat(text, out _);
            if (KafkaPartitioner.PartitionOf(text, count) % groups == wanted)
            {
                return key;
            }
        }
    }
}
