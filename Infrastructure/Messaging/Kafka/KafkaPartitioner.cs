using System.Buffers.Binary;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Which partition a key belongs to: MurmurHash2 as in Kafka's Java client, so that other writers with the default partitioner
/// agree with us.
/// </summary>
/// <remarks>
/// Of our own rather than the client's, because readers must find the partition too, and its default differs between clients.
/// </remarks>
internal static class KafkaPartitioner
{
    private const uint Seed = 0x9747b28c;
    private const uint Mix = 0x5bd1e995;

    /// <summary>0 to <paramref name="partitions"/> - 1; the same in every release.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    internal static uint Hash(ReadOnlySpan<byte> data)
    {
        var hash = Seed ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Mix;
            hash = (hash * Mix) ^ ((word ^ (word >> 24)) * Mix);
            data = data[4..];
        }

        if (data.Length > 0)
        {
            for (var i = 0; i < data.Length; i++)
            {
                hash ^= (uint)data[i] << (8 * i);
            }

            hash *= Mix;
        }

        hash = (hash ^ (hash >> 13)) * Mix;
        return hash ^ (hash >> 15);
    }
}
