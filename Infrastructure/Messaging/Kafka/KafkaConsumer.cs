using Confluent.Kafka;
using Infrastructure.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Feeds the handlers of a topic. An offset is committed soon after the effects of everything before it are stored.
/// </summary>
/// <remarks>
/// One thread polls while the handler works. When a batch takes long (the store is down), its partitions are
/// paused and polling continues, so the group never considers this process dead. Partitions come and go one by one: those that the
/// group revokes meanwhile are dropped from the batch, and the rest of it continues.
/// </remarks>
internal sealed partial class KafkaConsumer : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Pausing discards prefetched messages, so it is for long batches only.</summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long a rebalance waits for the current batch, so that the next owner need not repeat it.</summary>
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for the current batch.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(1);

    /// <summary>Messages of a partition read beyond a batch of which none can be applied, to tell poison from a defect of ours.</summary>
    private const int MaxWitnesses = 16;

    /// <summary>Maximum bytes of a batch, except that one message always fits.</summary>
    private const int BatchBytes = 8 << 20;

    private readonly KafkaClients clients;
    private readonly KafkaBatchApplier applier;
    private readonly KafkaOptions settings;
    private readonly ILogger<KafkaConsumer> logger;
    private readonly string name;
    private readonly string topic;
    private readonly KafkaIncarnation incarnation;
    private readonly KafkaFormerGroup former;
    private readonly Dictionary<TopicPartition, KafkaShare> shares = [];
    private readonly List<KafkaRecord> early = [];
    private readonly KafkaLag lag = new();
    private KafkaCommits? commits;
    private (Task Work, List<KafkaRecord> Batch)? current;
    private long measured;

    // The name is the topic's, without its prefix.
    public KafkaConsumer(
        string name, KafkaBatchApplier applier, KafkaClients clients, KafkaProbe probe, KafkaAsker asker,
        IOptions<KafkaOptions> options, ConsumerMetrics metrics, ILogger<KafkaConsumer> logger)
    {
        this.clients = clients;
        this.applier = applier;
        this.logger = logger;
        settings = options.Value;
        topic = settings.Prefixed(name);
        incarnation = new KafkaIncarnation(topic, probe, asker);
        former = new KafkaFormerGroup(clients, settings.FormerGroupOf(name));
        this.name = name;
        metrics.ObserveLag(name, () => lag.Value);
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => OwnThread.Run($"kafka-{topic}", () => Run(stoppingToken));

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
#pragma warning disable CA1031 // A client that failed for good, or a defect: a new one goes on from what is committed.
            catch (Exception error) when (error is not StartupException && !stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogRestart(error);
                stopping.WaitHandle.WaitOne(Restart);
            }
        }
    }

    private void Consume(CancellationToken stopping)
    {
        using var grace = new CancellationTokenSource();
        using var stop = stopping.Register(() => grace.CancelAfter(StopGrace));
        if (!incarnation.TryFind(stopping))
        {
            return;
        }

        using var consumer = CreateConsumer();
        commits = new KafkaCommits(
            consumer, $"kafka-{topic}-commits", settings.CommitInterval, error => LogConsumeFailed(error.Error.Reason));
        try
        {
            consumer.Subscribe(topic);
            while (!stopping.IsCancellationRequested)
            {
                var batch = ReadBatch(consumer, stopping);
                if (batch.Count > 0)
                {
                    Apply(consumer, batch, grace.Token);
                }

                commits.AddEnds(shares.Values, early);
                commits.ThrowIfFailed();
                Measure(consumer);
            }
        }
        finally
        {
            commits.End();
            Drop([.. shares.Keys]);
            lag.Forget();

            // Leaves the group at once.
            consumer.Close();
            commits.Await();
        }
    }

    private List<KafkaRecord> ReadBatch(IConsumer<byte[]?, byte[]?> consumer, CancellationToken stopping)
    {
        List<KafkaRecord> batch = [.. early.Where(entry => !entry.Share.IsRevoked)];
        early.Clear();
        var bytes = batch.Sum(entry => entry.Bytes);
        var wait = batch.Count == 0 ? Poll : TimeSpan.Zero;
        while (batch.Count < settings.BatchSize && bytes < BatchBytes && Next(consumer, wait) is { } entry)
        {
            batch.Add(entry);
            bytes += entry.Bytes;
            wait = TimeSpan.Zero;
        }

        // A rebalance may have come between two of them.
        batch.RemoveAll(entry => entry.Share.IsRevoked);
        try
        {
            incarnation.Confirm(batch, AskTimeout);
            return batch;
        }
        catch (KafkaException error)
        {
            // Nobody tells now: all of it is kept for the next batch.
            LogConsumeFailed(error.Error.Reason);
            early.AddRange(batch);
            stopping.WaitHandle.WaitOne(Poll);
            return [];
        }
    }

    private KafkaRecord? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            while (consumer.Consume(wait) is { } record)
            {
                if (!shares.TryGetValue(record.TopicPartition, out var share))
                {
                    return null;
                }

                if (record.IsPartitionEOF)
                {
                    share.End = record.Offset.Value;
                    wait = TimeSpan.Zero;
                    continue;
                }

                share.IsBegun = true;
                return share.TryAdvance(record.Offset.Value) ? new KafkaRecord(record, share) : throw incarnation.Past();
            }

            return null;
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            // The topic does not exist yet, or a broker is down: librdkafka retries by itself.
            LogConsumeFailed(error.Error.Reason);
            return null;
        }
    }

    private void Apply(IConsumer<byte[]?, byte[]?> consumer, List<KafkaRecord> batch, CancellationToken outOfTime)
    {
        var work = Task.Run(() => applier.ApplyAllAsync(batch, outOfTime), CancellationToken.None);
        current = (work, batch);
        if (!Ended(work, PauseAfter))
        {
            PollWhile(work, consumer);
        }

        current = null;
        if (work.IsCompletedSuccessfully)
        {
            commits!.Add(batch);
        }
        else
        {
            work.GetAwaiter().GetResult();
        }
    }

    /// <summary>Keeps the membership; messages from partitions that were just assigned wait for the next batch.</summary>
    /// <remarks>
    /// A partition is paused once it has given a message: librdkafka may forget to start one that is paused before it began
    /// (its issues 2190 and 5591).
    /// </remarks>
    private void PollWhile(Task work, IConsumer<byte[]?, byte[]?> consumer)
    {
        KafkaShare.Pause(consumer, shares.Values.Where(share => share.IsBegun));
        while (!work.IsCompleted)
        {
            if (applier.IsStalled)
            {
                KafkaShare.Resume(consumer, shares.Values.Where(share => early.Count(entry => entry.Share == share) < MaxWitnesses));
            }

            if (Next(consumer, Poll) is { } entry)
            {
                early.Add(entry);
                applier.AddWitness(entry);
                KafkaShare.Pause(consumer, [entry.Share]);
            }

            Measure(consumer);
        }

        KafkaShare.Resume(consumer, shares.Values);
    }

    private IConsumer<byte[]?, byte[]?> CreateConsumer() => clients.CreateConsumer(
        settings.GroupOf(name, incarnation.Epoch),
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["auto.offset.reset"] = "earliest",
            ["enable.partition.eof"] = "true",
            ["session.timeout.ms"] = KafkaClients.Milliseconds(settings.ConsumerSession),

            // Polls are about a second apart, so a longer pause means a hung thread; others should take over.
            ["max.poll.interval.ms"] = KafkaClients.Milliseconds(settings.ConsumerSession * 6),
            ["queued.max.messages.kbytes"] = "16384",
        },
        builder => builder
            .SetPartitionsAssignedHandler(Add)
            .SetPartitionsRevokedHandler((consumer, revoked) => HandOver(consumer, [.. revoked.Select(at => at.TopicPartition)]))
            .SetPartitionsLostHandler((consumer, lost) => Leave(consumer, [.. lost.Select(at => at.TopicPartition)])));

    /// <summary>Called by the polling thread, like the methods below. The group reports only added and removed partitions.</summary>
    /// <returns>Where to begin: at the committed offset, also if it is the former group's.</returns>
    /// <exception cref="TopicRecreatedException">This group is the previous incarnation's.</exception>
    private List<TopicPartitionOffset> Add(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> assigned)
    {
        if (assigned.Count == 0)
        {
            return [];
        }

        incarnation.Confirm(AskTimeout);
        var beginnings = former.Begin(consumer, assigned, AskTimeout);
        foreach (var partition in assigned)
        {
            shares[partition] = new KafkaShare(partition, incarnation.Epoch);
        }

        LogAssigned(topic, shares.Count, assigned.Count);
        return beginnings;
    }

    /// <summary>A batch that holds messages of these partitions is given a moment, so that its offsets go with them.</summary>
    private void HandOver(IConsumer<byte[]?, byte[]?> consumer, HashSet<TopicPartition> revoked)
    {
        var leaving = current is { } running ? running.Batch.Where(entry => revoked.Contains(entry.Share.Partition)).ToList() : [];
        if (leaving.Count > 0 && Ended(current!.Value.Work, HandOverTime) && current.Value.Work.IsCompletedSuccessfully)
        {
            commits!.Add(leaving);
        }

        commits!.HandOver(revoked);
        Leave(consumer, revoked);
    }

    /// <summary>librdkafka remembers paused partitions: one that comes back would not be read.</summary>
    private void Leave(IConsumer<byte[]?, byte[]?> consumer, HashSet<TopicPartition> gone)
    {
        KafkaShare.Resume(consumer, shares.Values.Where(share => gone.Contains(share.Partition)));
        Drop(gone);
    }

    private void Drop(HashSet<TopicPartition> gone)
    {
        foreach (var partition in gone)
        {
            if (shares.Remove(partition, out var share))
            {
                share.Revoke();
            }
        }
    }

    private static bool Ended(Task work, TimeSpan timeout) => Task.WaitAny([work], timeout) == 0;

    /// <summary>Once a second.</summary>
    private void Measure(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (Environment.TickCount64 - measured < 1_000)
        {
            return;
        }

        measured = Environment.TickCount64;
        incarnation.ThrowIfPast();
        lag.Measure(consumer, shares.Values, early.Count + (current?.Batch.Count ?? 0));
    }

    [LoggerMessage(2011, LogLevel.Information, "Partitions of {Topic} read here: {Partitions}, new ones among them: {Added}")]
    private partial void LogAssigned(string topic, int partitions, int added);

    [LoggerMessage(2012, LogLevel.Warning, "Kafka does not answer the Consumer: {Reason}")]
    private partial void LogConsumeFailed(string reason);

    [LoggerMessage(2013, LogLevel.Error, "The Consumer's Kafka client failed and is replaced")]
    private partial void LogRestart(Exception error);
}
