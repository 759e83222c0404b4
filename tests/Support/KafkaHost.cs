using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Infrastructure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tests.Support;

/// <summary>A process's part of the Kafka log, started as a host starts it.</summary>
internal sealed class KafkaHost : IAsyncDisposable
{
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private readonly IHost host;

    private KafkaHost(IHost host) => this.host = host;

    public IServiceProvider Services => host.Services;

    public KafkaProducer Producer => Services.GetRequiredService<KafkaProducer>();

    public KafkaProbe Probe => Services.GetRequiredService<KafkaProbe>();

    public IEventPublisher<TimerScheduled> Publisher => Services.GetRequiredService<IEventPublisher<TimerScheduled>>();

    public ILogProgress<TimerScheduled> Progress => Services.GetRequiredService<ILogProgress<TimerScheduled>>();

    /// <summary>A prefix for this test alone.</summary>
    public static string NewPrefix() => $"t{Guid.NewGuid():N}."[..10] + ".";

    public static async Task<KafkaHost> StartAsync(
        string uri, string prefix, Action<IServiceCollection> add, params (string Name, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Kafka"] = uri,
            ["Kafka:TopicPrefix"] = prefix,
            ["Kafka:Partitions"] = "4",
            ["Kafka:CommitInterval"] = "00:00:00.020",
        });
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create($"Kafka:{setting.Name}", (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(new TestOutput());
        builder.Services.AddSingleton<IStoreClock, WallClock>();
        builder.Services.AddSingleton(TimeProvider.System);
        add(builder.Services);
        var started = new KafkaHost(builder.Build());
        await started.host.StartAsync();
        return started;
    }

    /// <summary>Starts a publisher; completes once it has reached Kafka.</summary>
    public static async Task<KafkaHost> StartPublisherAsync(string uri, string prefix, params (string Name, string Value)[] settings)
    {
        var started = await StartAsync(uri, prefix, services => services.AddKafkaPublisher(TimerMessages.Scheduled), settings);
        await started.ReachedAsync();
        return started;
    }

    public static Task<KafkaHost> StartConsumerAsync(
        string uri, string prefix, IBatchHandler<TimerScheduled> handler, params (string Name, string Value)[] settings) =>
        StartAsync(uri, prefix, services => services.AddSingleton(handler).AddKafkaTimers(), settings);

    public Task ReachedAsync() => Eventually.That(() => Probe.IsReachable, MaxWait, "Kafka is reached");

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await host.StopAsync(soon.Token);
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    /// <summary>Deletes a topic with all messages, and makes it anew, empty.</summary>
    public static async Task RecreateAsync(string uri, string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = uri }).Build();
        await admin.DeleteTopicsAsync([topic]);
        await Eventually.That(
            () => TriedAsync(() => admin.CreateTopicsAsync(
                [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }])),
            TimeSpan.FromSeconds(60),
            "the topic is made anew");
    }

    /// <summary>Whether Kafka took a step; false if it is to be tried again.</summary>
    public static async Task<bool> TriedAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception error) when (error is KafkaException or LogUnavailableException)
        {
            return false;
        }
    }

    /// <summary>How many messages a topic holds.</summary>
    public static long CountOf(string uri, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(Reading(uri)).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return admin.GetMetadata(topic, MaxWait).Topics[0].Partitions
            .Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition.PartitionId), MaxWait))
            .Sum(marks => marks.High - marks.Low);
    }

    /// <summary>Everything that a topic holds.</summary>
    public static List<ConsumeResult<byte[], byte[]>> ReadAll(string uri, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(Reading(uri)).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var found = new List<ConsumeResult<byte[], byte[]>>();
        foreach (var partition in admin.GetMetadata(topic, MaxWait).Topics[0].Partitions)
        {
            var at = new TopicPartition(topic, partition.PartitionId);
            var marks = consumer.QueryWatermarkOffsets(at, MaxWait);
            if (marks.Low == marks.High)
            {
                continue;
            }

            consumer.Assign(new TopicPartitionOffset(at, marks.Low));
            while (found.LastOrDefault() is not { } last || last.TopicPartition != at || last.Offset + 1 < marks.High)
            {
                if (consumer.Consume(MaxWait) is { } record)
                {
                    found.Add(record);
                }
            }
        }

        return found;
    }

    private static Dictionary<string, string> Reading(string uri) => new()
    {
        ["bootstrap.servers"] = uri,
        ["group.id"] = $"reader-{Guid.NewGuid():N}",
        ["enable.auto.commit"] = "false",
    };
}
