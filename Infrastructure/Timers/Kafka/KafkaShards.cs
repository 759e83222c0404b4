using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Messaging;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Timers.Kafka;

/// <summary>Kafka's group protocol assigns the shards: they are the partitions of the wake-up topic.</summary>
/// <remarks>
/// Revoked shards are kept until the group has assigned again, and while Kafka is down: a claim is a compare-and-set,
/// so two Runners on one shard cost a few wasted polls, while no Runner would make timers late.
/// </remarks>
internal sealed partial class KafkaShards(KafkaClients clients, IOptions<KafkaOptions> options, ILogger<KafkaShards> logger)
    : BackgroundService, IHostedLifecycleService, IShards
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(1);

    /// <summary>Messages that are one wake-up: the earliest of them says when.</summary>
    private const int MaxBatch = 256;

    private readonly List<Action<DateTimeOffset>> handlers = [];
    private readonly CancellationTokenSource leaving = new();

    /// <summary>What the group has assigned to this client; touched by the polling thread only.</summary>
    private readonly HashSet<int> dealt = [];
    private volatile IReadOnlyList<int> mine = [];

    /// <inheritdoc />
    public IReadOnlyList<int>? Mine => mine;

    /// <inheritdoc />
    public void OnWakeUp(Action<DateTimeOffset> woken) => handlers.Add(woken);

    /// <summary>
    /// Before any service stops: requests in flight may take another minute, and the timers of these shards would wait.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => leaving.CancelAsync();

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override void Dispose()
    {
        leaving.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, leaving.Token);
        await OwnThread.Run("kafka-shards", () => Run(ending.Token));
    }

    private void Run(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Consume(stopping);
            }
            catch (KafkaException error) when (stopping.IsCancellationRequested)
            {
                // Brokers that do not answer make no stop fail.
                LogConsumeFailed(error.Error.Reason);
            }
#pragma warning disable CA1031 // A client that failed for good, or a defect: a new one joins the group, the shards stay until then.
            catch (Exception error) when (error is not StartupException && !stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogRestart(error);
                stopping.WaitHandle.WaitOne(Restart);
            }
        }

        mine = [];
    }

    private void Consume(CancellationToken stopping)
    {
        dealt.Clear();
        using var consumer = clients.CreateConsumer(
            KafkaTimerServices.RunnerGroup,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["auto.offset.reset"] = "latest",
                ["session.timeout.ms"] = "6000",
                ["queued.max.messages.kbytes"] = "1024",
            },
            builder => builder
                .SetPartitionsAssignedHandler((_, assigned) => Assign(assigned))
                .SetPartitionsRevokedHandler((_, revoked) => Remove(revoked))
                .SetPartitionsLostHandler((_, lost) => Remove(lost)));
        try
        {
            consumer.Subscribe(options.Value.Prefixed(KafkaTimerServices.WakeUps));
            while (!stopping.IsCancellationRequested)
            {
                if (Next(consumer, Poll) is { } earliest)
                {
                    for (var i = 1; i < MaxBatch && Next(consumer, TimeSpan.Zero) is { } next; i++)
                    {
                        earliest = next < earliest ? next : earliest;
                    }

                    Wake(earliest);
                }
            }
        }
        finally
        {
            // Nothing new is claimed from the moment that others may take the shards over.
            mine = stopping.IsCancellationRequested ? [] : mine;
            consumer.Close();
        }
    }

    /// <summary>Revoked shards stay ours until the group has assigned again, which is reported even if no shard comes.</summary>
    private void Remove(List<TopicPartitionOffset> gone) => dealt.ExceptWith(gone.Select(position => position.Partition.Value));

    private void Assign(List<TopicPartition> assigned)
    {
        dealt.UnionWith(assigned.Select(partition => partition.Partition.Value).Where(shard => shard < Shard.Count));
        if (!dealt.SetEquals(mine))
        {
            mine = [.. dealt.Order()];
            LogAssigned(dealt.Count > 0 ? string.Join(' ', mine) : "(none)");
        }
    }

    private DateTimeOffset? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait) is { Message.Value: { } value }
                && long.TryParse(Encoding.ASCII.GetString(value), NumberStyles.None, CultureInfo.InvariantCulture, out var instant)
                && instant <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                    ? DateTimeOffset.FromUnixTimeMilliseconds(instant)
                    : null;
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            LogConsumeFailed(error.Error.Reason);
            return null;
        }
    }

    private void Wake(DateTimeOffset earliest)
    {
        foreach (var handler in handlers)
        {
            handler(earliest);
        }
    }

    [LoggerMessage(4021, LogLevel.Information, "Claims from shards {Shards}")]
    private partial void LogAssigned(string shards);

    [LoggerMessage(4022, LogLevel.Warning, "Kafka does not answer the Runner: {Reason}")]
    private partial void LogConsumeFailed(string reason);

    [LoggerMessage(4023, LogLevel.Error, "The Runner's Kafka client failed and is replaced")]
    private partial void LogRestart(Exception error);
}
