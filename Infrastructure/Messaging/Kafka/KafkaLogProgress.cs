using System.Text;
using Confluent.Kafka;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Compares the group's committed offset with the end that the log had at the call: a commit follows the effects.</summary>
/// <remarks>
/// Any number of callers share two questions to Kafka: the end of each of their partitions, asked after they came, and
/// the group's offsets, asked until every caller is satisfied. Both block, on a dedicated thread. Before anybody is told "applied" the
/// topic's id is asked once more: the group is that of one incarnation of the topic, and says nothing of one that came after it.
/// </remarks>
internal sealed partial class KafkaLogProgress(
    string name, KafkaClients clients, KafkaProbe probe, IOptions<KafkaOptions> options, TimeProvider time,
    ILogger<KafkaLogProgress> logger)
        : ILogProgress, IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxAsking = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinAsking = TimeSpan.FromMilliseconds(100);

    /// <summary>Pause before a client that failed is replaced.</summary>
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(1);

    /// <summary>Asked now and then, the group's coordinator is known and connected when somebody waits.</summary>
    private static readonly TimeSpan KeepWarm = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The group of a topic that is gone may never reach the present one's end: whoever waits longer has the id looked up.
    /// </summary>
    private static readonly TimeSpan Confirm = TimeSpan.FromSeconds(1);

    private readonly string topic = options.Value.Prefixed(name);
    private readonly Lock gate = new();
    private readonly List<Waiter> arrived = [];

    // Touched by the asking thread only.
    private readonly List<Waiter> waiting = [];

    // An incarnation of the topic that is known to be gone.
    private Guid past;

    // When the topic's id was asked last.
    private long confirmed;
    private readonly AutoResetEvent woken = new(initialState: false);
    private Task? thread;
    private volatile bool isDisposed;

    /// <inheritdoc />
    public Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var partition = KafkaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(key), KnownPartitions());
        return WaitAsync(new Waiter(partition, time.GetTimestamp(), timeout), timeout, cancellationToken);
    }

    /// <inheritdoc />
    public Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!position.IsKnown)
        {
            return Task.FromResult(true);
        }

        // There were more partitions in an earlier incarnation of the topic, of which nothing is left to apply.
        return KnownPartitions() <= position.Partition
            ? Task.FromResult(true)
            : WaitAsync(
                new Waiter(position.Partition, time.GetTimestamp(), timeout) { Position = position }, timeout, cancellationToken);
    }

    private int KnownPartitions()
    {
        var partitions = probe.PartitionsOf(topic);
        return partitions > 0 && probe.IsReachable ? partitions : throw Unavailable(inner: null);
    }

    private async Task<bool> WaitAsync(Waiter waiter, TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            arrived.Add(waiter);
        }

        woken.Set();
        try
        {
            return await waiter.Done.Task.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return waiter.IsAnswered ? false : throw Unavailable(waiter.Failure);
        }
        finally
        {
            waiter.IsGone = true;
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        thread = OwnThread.Run($"kafka-progress-{topic}", Run);
        return Task.CompletedTask;
    }

    /// <summary>Nothing: requests in flight may still ask until the process ends.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
        }

        woken.Set();
        thread?.GetAwaiter().GetResult();
        woken.Dispose();
    }

    private static LogUnavailableException Unavailable(Exception? inner) =>
        new(WriteOutcome.Refused, "The log cannot be asked how far it is applied.", inner);

    private void Run()
    {
        while (!isDisposed)
        {
            try
            {
                AskAll();
            }
#pragma warning disable CA1031 // A client that failed for good, or a defect: without this thread each create would wait in vain.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogRestart(error);
                waiting.ForEach(waiter => waiter.Failure = error);
                woken.WaitOne(Restart);
            }
        }
    }

    /// <summary>Until the topic is recreated.</summary>
    private void AskAll()
    {
        var epoch = probe.EpochOf(topic);
        if (epoch == Guid.Empty || epoch == past)
        {
            // Not known yet; whoever waits is told so when the time is up.
            if (epoch != Guid.Empty)
            {
                probe.Doubt();
            }

            woken.WaitOne(Pause);
            return;
        }

        // Of the Consumers' group, but never a member: it only asks.
        using var asking = clients.CreateConsumer(
            options.Value.GroupOf(name, epoch), new Dictionary<string, string>(StringComparer.Ordinal), _ => { });
        Warm(asking);
        while (!isDisposed && past != epoch)
        {
            lock (gate)
            {
                waiting.AddRange(arrived);
                arrived.Clear();
            }

            waiting.RemoveAll(waiter => waiter.IsGone || waiter.Done.Task.IsCompleted);
            if (waiting.Count == 0)
            {
                if (!woken.WaitOne(KeepWarm))
                {
                    Warm(asking);
                }

                continue;
            }

            Ask(asking, epoch);
            if (waiting.Exists(waiter => !waiter.Done.Task.IsCompleted))
            {
                woken.WaitOne(Pause);
            }
        }
    }

    private void Warm(IConsumer<byte[]?, byte[]?> asking)
    {
        try
        {
            asking.Committed([new TopicPartition(topic, 0)], MaxAsking);
        }
        catch (KafkaException)
        {
            // Nobody waits for the answer.
            clients.Restore(asking);
        }
    }

    private void Ask(IConsumer<byte[]?, byte[]?> asking, Guid epoch)
    {
        foreach (var waiter in waiting.Where(waiter => waiter.End is null && waiter.Position.Epoch == epoch))
        {
            waiter.End = waiter.Position.Offset + 1;
        }

        foreach (var group in waiting.Where(waiter => waiter.End is null).GroupBy(waiter => waiter.Partition))
        {
            // By itself: the broker of one partition may be away.
            Attempt(asking, [.. group], waiters => FindEnd(asking, waiters));
        }

        Attempt(asking, [.. waiting.Where(waiter => waiter is { End: not null, Done.Task.IsCompleted: false })], waiters =>
            Compare(asking, epoch, waiters));
    }

    private void Attempt(IConsumer<byte[]?, byte[]?> asking, List<Waiter> waiters, Action<List<Waiter>> question)
    {
        if (waiters.Count == 0)
        {
            return;
        }

        try
        {
            question(waiters);
        }
        catch (KafkaException error)
        {
            foreach (var waiter in waiters)
            {
                waiter.Failure = error;
                waiter.IsAnswered = false;
            }

            clients.Restore(asking);
        }
    }

    private void FindEnd(IConsumer<byte[]?, byte[]?> asking, List<Waiter> waiters)
    {
        var marks = asking.QueryWatermarkOffsets(new TopicPartition(topic, waiters[0].Partition), TimeFor(waiters));
        foreach (var waiter in waiters)
        {
            waiter.End = marks.High.Value;

            // Nothing retained: what was there once was applied long ago, or nobody can apply it any more.
            if (marks.Low == marks.High)
            {
                waiter.Done.TrySetResult(true);
            }
        }
    }

    private void Compare(IConsumer<byte[]?, byte[]?> asking, Guid epoch, List<Waiter> waiters)
    {
        var partitions = waiters.Select(waiter => waiter.Partition).Distinct().Select(partition => new TopicPartition(topic, partition));
        var offsets = asking.Committed([.. partitions], TimeFor(waiters))
            .ToDictionary(offset => offset.Partition.Value, offset => offset.Offset.Value);

        // Without any commit yet the offset is negative.
        var passed = waiters.Where(waiter => offsets.TryGetValue(waiter.Partition, out var offset) && offset >= waiter.End).ToList();
        if ((passed.Count > 0 || time.GetElapsedTime(confirmed) > Confirm) && !IsPresent(asking, epoch, TimeFor(waiters)))
        {
            // It is not known in which incarnation the messages of these are: the end of the present one is behind them in any case.
            past = epoch;
            waiting.ForEach(waiter => waiter.End = null);
            return;
        }

        waiters.ForEach(waiter => waiter.IsAnswered = true);
        passed.ForEach(waiter => waiter.Done.TrySetResult(true));
    }

    private bool IsPresent(IConsumer<byte[]?, byte[]?> asking, Guid epoch, TimeSpan timeout)
    {
        using var admin = new KafkaAdmin(asking.Handle);
        var isPresent = KafkaEpochs.Find(admin, topic, timeout) == epoch;
        confirmed = time.GetTimestamp();
        return isPresent;
    }

    /// <summary>
    /// No longer than the longest time-out that is left, so that one question without an answer does not use up the next one's time.
    /// </summary>
    private TimeSpan TimeFor(IEnumerable<Waiter> waiters)
    {
        var left = waiters.Max(waiter => waiter.Timeout - time.GetElapsedTime(waiter.Since));
        return left > MaxAsking ? MaxAsking : left < MinAsking ? MinAsking : left;
    }

    [LoggerMessage(4006, LogLevel.Error, "The client that asks how far the log is applied failed and is replaced")]
    private partial void LogRestart(Exception error);

    private sealed class Waiter(int partition, long since, TimeSpan timeout)
    {
        private volatile bool isGone;
        private volatile bool isAnswered;

        public int Partition => partition;

        public long Since => since;

        public TimeSpan Timeout => timeout;

        /// <summary>What is waited for; unknown where it is everything that the partition holds now.</summary>
        public LogPosition Position { get; init; }

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The log's end when it was asked; null before.</summary>
        public long? End { get; set; }

        /// <summary>Whether Kafka answered the last question.</summary>
        public bool IsAnswered { get => isAnswered; set => isAnswered = value; }

        public Exception? Failure { get; set; }

        /// <summary>Nobody waits any more.</summary>
        public bool IsGone { get => isGone; set => isGone = value; }
    }
}
