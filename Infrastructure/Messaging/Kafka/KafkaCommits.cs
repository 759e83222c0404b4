using Confluent.Kafka;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Commits how far a group is, one request at a time, on a thread of its own.</summary>
/// <remarks>
/// A broker serves the requests of a connection one after the other, and holds a commit until the replicas have it, for up to
/// <c>offsets.commit.timeout.ms</c> (5 s by default). While a replica is lost or slow, the client's own periodic commits, of which it may
/// have many under way, would hold back its heartbeats for a multiple of that, and the group would take its partitions away.
/// </remarks>
internal sealed class KafkaCommits
{
    /// <summary>How long an end waits for what is under way, and again once the client is closed, which ends it.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly IConsumer<byte[]?, byte[]?> consumer;
    private readonly TimeSpan interval;
    private readonly Action<KafkaException> failed;
    private readonly Dictionary<KafkaShare, Offset> waiting = [];
    private readonly object gate = new();
    private readonly Lock committing = new();
    private readonly Task work;
    private bool isEnding;

    /// <param name="consumer">The client that reads the partitions.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="interval">Pause between two commits.</param>
    /// <param name="failed">Told of a failure; it is tried again as long as the partitions are this process's.</param>
    public KafkaCommits(IConsumer<byte[]?, byte[]?> consumer, string name, TimeSpan interval, Action<KafkaException> failed)
    {
        this.consumer = consumer;
        this.interval = interval;
        this.failed = failed;
        work = OwnThread.Run(name, Run);
    }

    /// <summary>The effects of these are stored, and of all before them: to be committed soon.</summary>
    public void Add(List<KafkaRecord> applied)
    {
        if (applied.Count == 0)
        {
            return;
        }

        lock (gate)
        {
            foreach (var group in applied.GroupBy(entry => entry.Share))
            {
                waiting[group.Key] = group.Max(entry => entry.Result.Offset.Value) + 1;
            }

            Monitor.Pulse(gate);
        }
    }

    /// <summary>
    /// Behind the last message a partition may hold what is none, such as the commit markers of transactions: without this the group
    /// would stay before them, and whoever waits for the end of the log would wait in vain.
    /// </summary>
    /// <param name="shares">The partitions that are read.</param>
    /// <param name="early">Messages that were read but not applied.</param>
    public void AddEnds(IEnumerable<KafkaShare> shares, List<KafkaRecord> early)
    {
        foreach (var share in shares)
        {
            if (!early.Exists(entry => entry.Share == share) && share.TakeEnd() is { } end)
            {
                lock (gate)
                {
                    waiting[share] = end;
                    Monitor.Pulse(gate);
                }
            }
        }
    }

    /// <summary>Commits what waits of partitions that are about to be another's; blocks.</summary>
    public void HandOver(IReadOnlySet<TopicPartition> revoked) => Commit(share => revoked.Contains(share.Partition), isLast: true);

    /// <summary>A defect of ours must not go on without commits.</summary>
    public void ThrowIfFailed()
    {
        if (work.IsFaulted)
        {
            work.GetAwaiter().GetResult();
        }
    }

    /// <summary>Commits what waits, if the brokers answer in time, and nothing after that.</summary>
    public void End()
    {
        lock (gate)
        {
            isEnding = true;
            Monitor.Pulse(gate);
        }

        Await();
    }

    /// <summary>To be called once the client is closed and before it is disposed of: a commit must not outlive it.</summary>
    public void Await() => Task.WaitAny([work], EndTimeout);

    private void Run()
    {
        while (IsMore())
        {
            Pause(Commit(_ => true, isLast: false) ? interval : AfterFailure);
        }

        Commit(_ => true, isLast: true);
    }

    private bool IsMore()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !isEnding)
            {
                Monitor.Wait(gate);
            }

            return !isEnding;
        }
    }

    private void Pause(TimeSpan time)
    {
        lock (gate)
        {
            var until = Environment.TickCount64 + (long)time.TotalMilliseconds;
            while (!isEnding && until - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(gate, TimeSpan.FromMilliseconds(left));
            }
        }
    }

    /// <returns>False if the brokers failed to.</returns>
    private bool Commit(Func<KafkaShare, bool> wanted, bool isLast)
    {
        // One after another: an older commit must not follow the last one of a partition that another member reads now.
        lock (committing)
        {
            var taken = Take(wanted);
            if (taken.Count == 0)
            {
                return true;
            }

            try
            {
                consumer.Commit(taken.Select(each => new TopicPartitionOffset(each.Key.Partition, each.Value)));
                return true;
            }
            catch (KafkaException error)
            {
                // After the last try the next owner repeats what is not committed, which changes no effect.
                if (!isLast)
                {
                    PutBack(taken);
                }

                // A group that is balancing is no failure.
                if (error.Error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId)
                {
                    return true;
                }

                failed(error);
                return false;
            }
        }
    }

    /// <summary>Without those of partitions that are no longer this process's.</summary>
    private Dictionary<KafkaShare, Offset> Take(Func<KafkaShare, bool> wanted)
    {
        lock (gate)
        {
            var taken = waiting.Where(each => wanted(each.Key)).ToDictionary();
            foreach (var share in taken.Keys)
            {
                waiting.Remove(share);
            }

            return taken.Where(each => !each.Key.IsRevoked).ToDictionary();
        }
    }

    /// <summary>Unless more has been added meanwhile.</summary>
    private void PutBack(Dictionary<KafkaShare, Offset> offsets)
    {
        lock (gate)
        {
            foreach (var (share, offset) in offsets)
            {
                waiting.TryAdd(share, offset);
            }
        }
    }
}
