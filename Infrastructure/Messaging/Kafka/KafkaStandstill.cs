using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Finds partitions that a client has stopped reading although they have more: seen after brokers hung and went on (librdkafka 2.16).
/// </summary>
/// <remarks>For one thread. It judges only by what brokers answer: while they do not, nothing stands still.</remarks>
internal sealed class KafkaStandstill(TimeProvider time)
{
    /// <summary>Not moved for so long: worth asking where the partition ends.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    /// <summary>Behind the end for so long without moving: stands still. Longer than any pause that the client makes by itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<TopicPartition, Place> places = [];

    /// <summary>Notes where reading is, and forgets partitions that are not named.</summary>
    /// <param name="positions">Of each partition that is to be read now, the offset that comes next; negative if none has come yet.</param>
    /// <returns>Those to be judged.</returns>
    public List<TopicPartition> Note(IReadOnlyDictionary<TopicPartition, long> positions)
    {
        foreach (var gone in places.Keys.Where(partition => !positions.ContainsKey(partition)).ToList())
        {
            places.Remove(gone);
        }

        var idle = new List<TopicPartition>();
        foreach (var (partition, position) in positions)
        {
            if (!places.TryGetValue(partition, out var place) || place.Position != position)
            {
                places[partition] = new Place(position, time.GetTimestamp());
            }
            else if (place.BehindSince is not null || time.GetElapsedTime(place.Since) >= Idle)
            {
                idle.Add(partition);
            }
        }

        return idle;
    }

    /// <summary>Whether a partition stands still.</summary>
    /// <param name="partition">One that <see cref="Note"/> gave back.</param>
    /// <param name="end">The offset of its next message, as a broker says.</param>
    public bool IsStuck(TopicPartition partition, long end)
    {
        if (!places.TryGetValue(partition, out var place))
        {
            return false;
        }

        if (end <= Math.Max(place.Position, 0))
        {
            places[partition] = new Place(place.Position, time.GetTimestamp());
            return false;
        }

        if (place.BehindSince is { } since)
        {
            return time.GetElapsedTime(since) >= Patience;
        }

        places[partition] = place with { BehindSince = time.GetTimestamp() };
        return false;
    }

    /// <summary>Brokers do not answer: what was seen before says nothing any more.</summary>
    public void Clear() => places.Clear();

    private sealed record Place(long Position, long Since)
    {
        public long? BehindSince { get; init; }
    }
}
