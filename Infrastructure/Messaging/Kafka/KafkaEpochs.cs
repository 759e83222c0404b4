using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Distinguishes incarnations of a topic by the id that Kafka gives a topic when it is created (KIP-516).</summary>
internal static class KafkaEpochs
{
    /// <summary>Asks a broker; blocks.</summary>
    /// <param name="admin">The client to use.</param>
    /// <param name="topic">With its prefix.</param>
    /// <param name="timeout">How long the reply may take.</param>
    /// <returns>The topic's id. Brokers before Kafka 2.8 have none: there all incarnations are one, named after the topic.</returns>
    /// <exception cref="KafkaException">No answer, no such topic, or one of its partitions has no leader at present.</exception>
    public static Guid Find(KafkaAdmin admin, string topic, TimeSpan timeout)
    {
        DemandLeaders(admin, topic, timeout);
        var described = admin.Wait(
            admin.Client.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = timeout }),
            timeout);
        return described.TopicDescriptions[0].TopicId is { } id && (id.MostSignificantBits, id.LeastSignificantBits) != (0, 0)
            ? FromBits(id.MostSignificantBits, id.LeastSignificantBits)
            : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(topic)).AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>The package cannot read a reply about a partition without one (<see cref="KafkaAdmin"/>).</summary>
    private static void DemandLeaders(KafkaAdmin admin, string topic, TimeSpan timeout)
    {
        var partitions = admin.Client.GetMetadata(topic, timeout).Topics.Where(each => each.Topic == topic)
            .SelectMany(each => each.Partitions);
        if (partitions.Any(partition => partition.Leader < 0))
        {
            throw new KafkaException(ErrorCode.LeaderNotAvailable);
        }
    }

    /// <summary>As Kafka's own tools write a topic's id: base64 for URLs, 22 characters.</summary>
    public static string TextOf(Guid epoch)
    {
        Span<byte> bytes = stackalloc byte[16];
        epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    private static Guid FromBits(long most, long least)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, most);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], least);
        return new Guid(bytes, bigEndian: true);
    }
}
