using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Tests.Support;

namespace Tests.EndToEnd.Cluster;

/// <summary>The devices' topics on a cluster's Kafka, as an operator could handle them.</summary>
internal sealed class DeviceLog(string uri)
{
    private const string Topic = "devices";
    private const string Group = "devices.consumer";
    private const string Events = "devices.events";
    private const int Partitions = 16;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>Sets the Consumers' group back to the first message of each partition; none of it may run.</summary>
    public async Task RewindAsync()
    {
        using var admin = Admin();
        var beginning = Enumerable.Range(0, Partitions).Select(each => new TopicPartitionOffset(Topic, each, 0)).ToList();
        await Eventually.That(
            () => TriedAsync(() => admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(Group, beginning)])),
            MaxWait, "the group is empty and set back");
        Assert.That(await CommittedAsync(admin), Is.Zero);
    }

    /// <summary>Waits until the Consumers have applied everything that the topic holds now.</summary>
    public async Task AppliedAsync()
    {
        using var admin = Admin();
        var end = KafkaHost.CountOf(uri, Topic);
        await Eventually.That(async () => await CommittedAsync(admin) >= end, MaxWait, $"all {end} messages are applied");
    }

    /// <summary>Deletes the topic with all messages, and makes it anew, empty.</summary>
    public async Task RecreateAsync()
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([Topic]);
        await Eventually.That(
            () => TriedAsync(() => admin.CreateTopicsAsync(
                [new TopicSpecification { Name = Topic, NumPartitions = Partitions, ReplicationFactor = 1 }])),
            MaxWait, "the topic is made anew");
    }

    /// <summary>What was announced about devices: type, device, and the message as a whole.</summary>
    public List<(string Type, string Key, string Device, JsonElement Message)> ReadAnnouncements() =>
        [.. KafkaHost.ReadAll(uri, Events).Select(record =>
        {
            var message = JsonDocument.Parse(record.Message.Value).RootElement;
            return (Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("type")), Encoding.UTF8.GetString(record.Message.Key),
                message.GetProperty("device").GetString()!, message);
        })];

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = uri }).Build();

    private static async Task<long> CommittedAsync(IAdminClient admin)
    {
        var groups = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(Group, null)]);
        return groups[0].Partitions.Where(each => each.Topic == Topic && each.Offset.Value > 0).Sum(each => each.Offset.Value);
    }

    private static async Task<bool> TriedAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }
}
