using System.ComponentModel.DataAnnotations;

namespace Infrastructure.Messaging.Kafka;

/// <summary>How Kafka is used; the connection string <c>Kafka</c> says where it is.</summary>
public sealed class KafkaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Kafka";

    /// <summary>Partitions of created topics, 1 to 1,000; at most as many Consumers share the work. Default 16.</summary>
    /// <remarks>Existing topics keep theirs: more partitions later would break the order of messages in transit.</remarks>
    [Range(1, 1_000)]
    public int Partitions { get; set; } = 16;

    /// <summary>Replicas of each partition of created topics, 1 to 9, or -1 for the brokers' own default. Default -1.</summary>
    /// <remarks>
    /// From 3 on two replicas must have a message before it counts as durable (min.insync.replicas=2); else the brokers' setting holds.
    /// </remarks>
    [Range(-1, 9)]
    public int Replication { get; set; } = -1;

    /// <summary>How long the topics that are created keep messages, 1 hour to 10 years. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Span of one segment file of the topics that are created: messages outlive <see cref="Retention"/> by as much. 10 min to 30 days.
    /// Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan SegmentTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a message may wait for the brokers' acknowledgement, 1 s to 5 min. Default 20 s; must be shorter than a request may take.
    /// </summary>
    /// <remarks>
    /// Long enough for a broker to be lost unnoticed: by Kafka's defaults the others miss it after 9 s, and elect a leader after that.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the producer waits for more messages for one request (librdkafka's linger), 0 to 1 s. Default 2 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Prefix for the names of topics and groups, so that several installations can share a cluster; up to 100 characters. Default empty.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9._-]{0,100}$")]
    public string TopicPrefix { get; set; } = string.Empty;

    /// <summary>The Consumers' groups, one per topic: a rebalance of one stops no other. Default <c>{topic}.consumer</c>.</summary>
    /// <remarks>
    /// A dot and the topic's id follow, so that a topic that is deleted and created again has a group of its own, without the former's
    /// offsets.
    /// <c>{topic}</c> stands for the topic's name, without the prefix. Release 0.1.0 had a single topic, and the name of its group stood
    /// here: a name without <c>{topic}</c> is still that topic's group, and another topic's is the topic, a dot, and this name.
    /// </remarks>
    [Required, RegularExpression(@"^([A-Za-z0-9._-]|\{topic\}){1,100}$")]
    public string ConsumerGroup { get; set; } = "{topic}.consumer";

    /// <summary>Messages that are handed to the store at once, 1 to 10,000. Default 1,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 1_000;

    /// <summary>Pause between two commits of a Consumer, 10 ms to 100 ms: bounds how long "not found" has to wait. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:00.100")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Session time-out after which the group considers a Consumer dead and moves its partitions, 1 s to 5 min. Default 6 s, the minimum
    /// that brokers accept by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConsumerSession { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>
    /// The topic of release 0.1.0, whose group keeps the name that it had then, or everything would be read again. No setting: the slice
    /// whose topic it is says so; null without that slice.
    /// </summary>
    internal string? FirstTopic { get; set; }

    /// <summary>Maximum bytes of a message: a body of 256 KiB grows sixfold if all of it must be escaped.</summary>
    internal const int MaxMessageBytes = 4 << 20;

    /// <summary>The group of one incarnation of a topic, both without the prefix.</summary>
    internal string GroupOf(string topic, Guid epoch) => $"{FormerGroupOf(topic)}.{KafkaEpochs.TextOf(epoch)}";

    /// <summary>The group before groups were named after the topic's incarnation; what it committed is taken over.</summary>
    internal string FormerGroupOf(string topic)
    {
        const string place = "{topic}";
        var pattern = FirstTopic is { } first && ConsumerGroup.StartsWith($"{first}.", StringComparison.Ordinal)
            ? place + ConsumerGroup[first.Length..]
            : ConsumerGroup;
        if (!pattern.Contains(place, StringComparison.Ordinal))
        {
            pattern = string.Equals(topic, FirstTopic, StringComparison.Ordinal) ? pattern : $"{place}.{pattern}";
        }

        return pattern.Replace(place, topic, StringComparison.Ordinal);
    }

    internal string Prefixed(string name) => TopicPrefix + name;
}
