using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging.Kafka;

/// <summary>
/// Tracks whether the brokers are reachable, and the topics' partitions: a thread that requests metadata through the producer's client.
/// </summary>
/// <remarks>
/// It asks when librdkafka says that all brokers are down, when acknowledgements stop coming, and every now and then.
/// The same thread makes the topics.
/// </remarks>
internal sealed partial class KafkaProbe(KafkaTopics topics, KafkaClients clients, TimeProvider time, ILogger<KafkaProbe> logger)
    : IDisposable
{
    /// <summary>How long an answer may take, where another of several brokers can be asked next.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer of the only broker may take: one that is busy answers late, but it answers.</summary>
    private static readonly TimeSpan SoleTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Messages wait, and for so long none was acknowledged: time to probe.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take when messages have waited for <see cref="Stall"/> already: as long in all.</summary>
    private static readonly TimeSpan StalledTimeout = SoleTimeout - Stall;

    /// <summary>How long a topic's id may take: longer than metadata, of which a first answer must not be thrown away for it.</summary>
    private static readonly TimeSpan EpochTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Keeps the connection in use, too: brokers close idle ones, and the next create would wait for a new one.</summary>
    private static readonly TimeSpan Regular = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Probes without an answer, one after the other, after which several brokers are asked over new connections: each probe asks any one
    /// of them.
    /// </summary>
    private const int SilentProbes = 3;

    private static readonly TimeSpan MaxRefresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(20);

    private readonly KafkaAbsence absence = new(time);
    private readonly AutoResetEvent wake = new(initialState: false);
    private volatile Dictionary<string, int> partitions = [];
    private volatile Dictionary<string, Guid> epochs = [];
    private volatile bool isReachable;
    private volatile bool isDoubtful = true;
    private volatile bool isStopping;
    private Task? probing;
    private long rounds;

    // Touched by the probing thread only.
    private int brokers = 1;
    private int silent;

    /// <summary>Whether a broker responds; used by the readiness check.</summary>
    public bool IsReachable => isReachable;

    /// <summary>Topics that were deleted while the service runs, with their prefixes.</summary>
    public IReadOnlyList<string> Absent => absence.Topics;

    /// <summary>Partitions of a topic; 0 while they are not known.</summary>
    public int PartitionsOf(string topic) => partitions.GetValueOrDefault(topic);

    /// <summary>The present incarnation of a topic; empty while it is not known.</summary>
    public Guid EpochOf(string topic) => epochs.GetValueOrDefault(topic);

    /// <summary>How often everything has been asked and answered; what is known is as old as the last time.</summary>
    public long Rounds => Interlocked.Read(ref rounds);

    /// <summary>Begins to probe, at once.</summary>
    /// <param name="client">The client to ask through, on the probing thread: one that failed for good is replaced first.</param>
    /// <param name="traffic">Publications acknowledged so far, and messages that wait for it.</param>
    public void Start(Func<Handle> client, Func<(long Delivered, int Waiting)> traffic) =>
        probing = OwnThread.Run("kafka-probe", () => Watch(client, traffic));

    /// <summary>Stops probing; failures from now on are not blamed on the brokers.</summary>
    public void Stop()
    {
        isStopping = true;
        wake.Set();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Stop();
        if (probing is not null)
        {
            await probing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Something failed that may be the brokers' fault: probes at once.</summary>
    public void Doubt()
    {
        isDoubtful = true;
        wake.Set();
    }

    /// <summary>Something shows that what is known is out of date: completes when everything was asked anew, or after a while.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // The round that is under way may have asked before.
        var from = Rounds + 2;
        var since = time.GetTimestamp();
        while (Rounds < from && time.GetElapsedTime(since) < MaxRefresh)
        {
            Doubt();
            await Task.Delay(RefreshPause, time, cancellationToken);
        }
    }

    /// <summary>The client has lost all brokers.</summary>
    public void Lost()
    {
        if (!isStopping)
        {
            Close("all brokers are down");
            Doubt();
        }
    }

    /// <inheritdoc />
    public void Dispose() => wake.Dispose();

    private void Close(string reason)
    {
        if (isReachable)
        {
            isReachable = false;
            LogUnreachable(reason);
        }
    }

    private void Watch(Func<Handle> client, Func<(long Delivered, int Waiting)> traffic)
    {
        var provisioned = false;
        var lastDelivered = 0L;
        var moved = time.GetTimestamp();
        long? probed = null;
        while (!isStopping)
        {
            var (now, waiting) = traffic();
            if (now != lastDelivered || waiting == 0)
            {
                (lastDelivered, moved) = (now, time.GetTimestamp());
            }

            if (!isReachable || isDoubtful || time.GetElapsedTime(moved) > Stall || probed is null
                || time.GetElapsedTime(probed.Value) > Regular)
            {
                isDoubtful = false;
                var stalls = time.GetElapsedTime(moved) > Stall;
                Probe(client, traffic, stalls, ref provisioned);
                probed = time.GetTimestamp();
                if (stalls)
                {
                    moved = probed.Value;
                }
            }

            wake.WaitOne(Tick);
        }
    }

    private void Probe(Func<Handle> client, Func<(long Delivered, int Waiting)> traffic, bool stalls, ref bool provisioned)
    {
        var before = traffic().Delivered;
        var timeout = brokers > 1 ? Timeout : stalls ? StalledTimeout : SoleTimeout;
        try
        {
            using var admin = new KafkaAdmin(client());
            if (!provisioned)
            {
                topics.Ensure(admin);
                provisioned = true;
            }

            var away = new List<string>();
            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
            foreach (var topic in topics.Wanted)
            {
                var metadata = admin.Client.GetMetadata(topic.Name, timeout);
                if (metadata.Brokers.Count == 0)
                {
                    // One that hung, and is not counted among the living again yet.
                    throw new KafkaException(ErrorCode.BrokerNotAvailable);
                }

                brokers = metadata.Brokers.Count;
                var there = metadata.Topics.FirstOrDefault(one => one.Topic == topic.Name);
                known[topic.Name] = there is { Partitions.Count: > 0 } ? there.Partitions.Count : PartitionsOf(topic.Name);
                if (there?.Error.Code == ErrorCode.UnknownTopicOrPart && PartitionsOf(topic.Name) > 0)
                {
                    away.Add(topic.Name);
                }

                if (there is { Partitions.Count: > 0 })
                {
                    found[topic.Name] = FindEpoch(admin, topic.Name);
                }
            }

            (partitions, epochs) = (known, found);
            Interlocked.Increment(ref rounds);
            silent = 0;
            provisioned = !IsToProvision(away);

            // A topic that was just created takes a moment to be known to all brokers.
            if (known.ContainsValue(0))
            {
                isDoubtful = true;
            }
            else if (!isReachable)
            {
                isReachable = true;
                LogReachable();
            }
        }
        catch (KafkaException error)
        {
            // The one that was asked may be the one of several that is gone. Even when none acknowledges anything it need not be
            // all of them: everybody may wait for partitions whose next leader is being elected.
            silent = traffic().Delivered == before ? silent + 1 : 0;
            if (silent >= (brokers > 1 ? SilentProbes : 1) && !(brokers > 1 && AnswersAnew()))
            {
                Close(error.Error.Reason);
            }
            else
            {
                isDoubtful = true;
            }
        }
#pragma warning disable CA1031 // A defect here must not end the thread that finds the brokers again.
        catch (Exception error) when (!isStopping)
#pragma warning restore CA1031
        {
            LogDefect(error);
            Close(error.Message);
        }
    }

    private bool IsToProvision(List<string> away)
    {
        foreach (var topic in absence.Update(away))
        {
            LogAway(topic, KafkaAbsence.Grace.TotalSeconds);
        }

        isDoubtful |= away.Count > 0;
        return absence.TakeOverdue();
    }

    /// <summary>
    /// Whether one of several brokers answers over a connection of its own. A broker answers the requests of one connection in turn, and
    /// a publication that waits for a lost replica (until the controller drops it: <c>broker.session.timeout.ms</c>, 9 s by default)
    /// holds back all that were sent after it, so the producer's own connections may say nothing although the brokers are there.
    /// </summary>
    private bool AnswersAnew()
    {
        try
        {
            using var client = clients.CreateAdmin();
            return client.GetMetadata(topics.Wanted[0].Name, SoleTimeout).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    /// <summary>
    /// A broker that answers is reached, even if it is slow to tell this: what was known of a topic goes on until it does.
    /// </summary>
    private Guid FindEpoch(KafkaAdmin admin, string topic)
    {
        try
        {
            return KafkaEpochs.Find(admin, topic, EpochTimeout);
        }
        catch (KafkaException) when (EpochOf(topic) != Guid.Empty)
        {
            isDoubtful = true;
            return EpochOf(topic);
        }
    }

    [LoggerMessage(4002, LogLevel.Warning, "Kafka cannot be reached, requests are refused until it can: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(4003, LogLevel.Information, "Kafka can be reached")]
    private partial void LogReachable();

    [LoggerMessage(4005, LogLevel.Error, "Probing Kafka failed because of a defect; retrying")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(4008, LogLevel.Warning, "Topic {Topic} was deleted; if nobody creates it within {Seconds} s, it is created anew")]
    private partial void LogAway(string topic, double seconds);
}
