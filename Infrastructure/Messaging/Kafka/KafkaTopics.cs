using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Creates the topics that are missing. Existing ones are left alone, and differences are logged.</summary>
internal sealed partial class KafkaTopics(IEnumerable<KafkaTopic> topics, IOptions<KafkaOptions> options, ILogger<KafkaTopics> logger)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private readonly List<KafkaTopic> wanted = [.. topics.DistinctBy(topic => topic.Name)];

    /// <summary>Existing or pending topics, without those that only an operator can create.</summary>
    public IReadOnlyList<KafkaTopic> Wanted => wanted;

    /// <summary>Blocks until they are created.</summary>
    /// <exception cref="KafkaException">Not yet; to be tried again.</exception>
    public void Ensure(KafkaAdmin admin)
    {
        var existing = admin.Client.GetMetadata(MaxWait).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        foreach (var topic in wanted.ToList())
        {
            if (!existing.TryGetValue(topic.Name, out var found))
            {
                Create(admin, topic);
            }
            else
            {
                if (found.Partitions.Count != topic.Partitions)
                {
                    LogPartitions(topic.Name, found.Partitions.Count, topic.Partitions);
                }

                Compare(admin, topic);
            }
        }
    }

    private Dictionary<string, string> SettingsOf(KafkaTopic topic)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["retention.ms"] = KafkaClients.Milliseconds(topic.Retention),
            ["segment.ms"] = KafkaClients.Milliseconds(topic.Segment),
            ["max.message.bytes"] = KafkaOptions.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
        };
        if (options.Value.Replication >= 3)
        {
            settings["min.insync.replicas"] = "2";
        }

        return settings;
    }

    private void Create(KafkaAdmin admin, KafkaTopic topic)
    {
        try
        {
            var made = admin.Client.CreateTopicsAsync(
                [
                    new TopicSpecification
                    {
                        Name = topic.Name,
                        NumPartitions = topic.Partitions,
                        ReplicationFactor = (short)options.Value.Replication,
                        Configs = SettingsOf(topic),
                    },
                ],
                new CreateTopicsOptions { RequestTimeout = MaxWait, OperationTimeout = MaxWait });
            admin.Wait(made, MaxWait);
            LogCreated(topic.Name, topic.Partitions);
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another instance was faster.
        }
        catch (CreateTopicsException error) when (error.Results.Any(result => IsForGood(result.Error.Code)))
        {
            wanted.Remove(topic);
            LogNotCreated(topic.Name, string.Join("; ", error.Results.Select(result => result.Error.Reason)));
        }
    }

    /// <summary>Trying again would not help: the operator has to create it, or to set what is allowed.</summary>
    private static bool IsForGood(ErrorCode code) => code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
        or ErrorCode.PolicyViolation or ErrorCode.InvalidConfig or ErrorCode.InvalidPartitions;

    private void Compare(KafkaAdmin admin, KafkaTopic topic)
    {
        try
        {
            var asked = admin.Client.DescribeConfigsAsync(
                [new ConfigResource { Type = ResourceType.Topic, Name = topic.Name }],
                new DescribeConfigsOptions { RequestTimeout = MaxWait });
            var found = admin.Wait(asked, MaxWait)[0].Entries;
            foreach (var (name, value) in SettingsOf(topic))
            {
                if (found.TryGetValue(name, out var entry) && entry.Value != value)
                {
                    LogSetting(topic.Name, name, entry.Value, value);
                }
            }
        }
        catch (KafkaException error)
        {
            // Comparing is a courtesy; reading settings may not even be allowed.
            LogNotCompared(topic.Name, error.Error.Reason);
        }
    }

    [LoggerMessage(4011, LogLevel.Information, "Created topic {Topic}; partitions: {Partitions}")]
    private partial void LogCreated(string topic, int partitions);

    [LoggerMessage(4012, LogLevel.Warning, "The partitions of topic {Topic} number {Found}, not {Wanted}; it is left as it is")]
    private partial void LogPartitions(string topic, int found, int wanted);

    [LoggerMessage(4013, LogLevel.Warning, "Topic {Topic} has {Setting}={Found}, not {Wanted}; it is left as it is")]
    private partial void LogSetting(string topic, string setting, string found, string wanted);

    [LoggerMessage(4014, LogLevel.Error, "Topic {Topic} cannot be created; create it by hand: {Reason}")]
    private partial void LogNotCreated(string topic, string reason);

    [LoggerMessage(4015, LogLevel.Information, "Settings of topic {Topic} cannot be compared: {Reason}")]
    private partial void LogNotCompared(string topic, string reason);
}
