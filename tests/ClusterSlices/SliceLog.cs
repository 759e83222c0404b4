using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.ClusterSlices;

/// <summary>A slice's topics on a cluster's Kafka, as an operator could handle them.</summary>
/// <param name="uri">The broker's address.</param>
/// <param name="slice">Its name, which is that of its topic.</param>
/// <param name="about">The member of its announcements that says what they are about.</param>
internal sealed class SliceLog(string uri, string slice, string about)
{
    private const int Partitions = 16;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private readonly string events = $"{slice}.events";

    /// <summary>Sets the Consumers' group back to the first message of each partition; none of it may run.</summary>
    public async Task RewindAsync()
    {
        using var group = Group();
        await Eventually.That(
            () => KafkaHost.TriedAsync(() =>
            {
                group.Commit(All.Select(each => new TopicPartitionOffset(each, 0)));
                return Task.CompletedTask;
            }),
            MaxWait, "the group is empty and set back");
        Assert.That(Committed(group), Is.Zero);
    }

    /// <summary>Waits until the Consumers have applied everything that the topic holds now; for as long as they get on with it.</summary>
    public async Task AppliedAsync()
    {
        using var group = Group();
        var end = KafkaHost.CountOf(uri, slice);
        for (var applied = -1L; applied < end;)
        {
            var before = applied;
            await Eventually.That(
                async () => await KafkaHost.TriedAsync(() => Task.FromResult(applied = Committed(group))) && applied > before,
                MaxWait, $"more than {before} of {end} messages are applied");
        }
    }

    /// <summary>Deletes the topic with all messages, and makes it anew, empty.</summary>
    public Task RecreateAsync() => KafkaHost.RecreateAsync(uri, slice, Partitions);

    /// <summary>What was announced: type, key, what it is about, and the message as a whole.</summary>
    public List<(string Type, string Key, string About, JsonElement Message)> ReadAnnouncements() =>
        [.. KafkaHost.ReadAll(uri, events).Select(record =>
        {
            var message = JsonDocument.Parse(record.Message.Value).RootElement;
            return (Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("type")), Encoding.UTF8.GetString(record.Message.Key),
                message.GetProperty(about).GetString()!, message);
        })];

    private List<TopicPartition> All => [.. Enumerable.Range(0, Partitions).Select(each => new TopicPartition(slice, each))];

    /// <summary>A client of the Consumers' group that is no member of it.</summary>
    private IConsumer<byte[], byte[]> Group()
    {
        using var client = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = uri }).Build();
        using var admin = new KafkaAdmin(client.Handle);
        return new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = uri,
            GroupId = new KafkaOptions().GroupOf(slice, KafkaEpochs.Find(admin, slice, MaxWait)),
        }).Build();
    }

    private long Committed(IConsumer<byte[], byte[]> group) =>
        group.Committed(All, AskTimeout).Where(each => each.Offset.Value > 0).Sum(each => each.Offset.Value);
}
