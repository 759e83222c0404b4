using System.Collections.Concurrent;
using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging.Kafka;

/// <summary>The process's one producer, and what is known of the brokers.</summary>
/// <remarks>
/// While no broker can be reached it refuses at once instead of queueing what would only time out: a thread of its own
/// asks for metadata, when librdkafka says that all brokers are down, when acknowledgements stop coming, and every now and
/// then. The same thread makes the topics and knows their partitions.
/// </remarks>
internal sealed partial class KafkaProducer(
    KafkaClients clients, KafkaTopics topics, TimeProvider time, ILogger<KafkaProducer> logger) : IHostedService, IDisposable
{
    /// <summary>Messages that may wait for their acknowledgement; more are refused.</summary>
    internal const int MostWaiting = 100_000;

    /// <summary>Bytes that may.</summary>
    internal const int MostWaitingBytes = 128 << 20;

    /// <summary>Headers, and what a record carries beside key and value.</summary>
    private const int Overhead = 64 << 10;

    /// <summary>Key and value of a message at most; larger ones are refused.</summary>
    internal const int LargestContents = KafkaOptions.LargestMessage - Overhead;

    internal const string Full = "Too many requests wait for the log.";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Messages wait, and for so long none was acknowledged: time to look.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    /// <summary>Keeps the connection in use, too: brokers close idle ones, which looks like their going down.</summary>
    private static readonly TimeSpan RegularProbe = TimeSpan.FromSeconds(30);

    /// <summary>Probes without an answer, one after the other, after which several brokers are taken for gone: each asks any one of them.</summary>
    private const int SilentProbes = 3;

    private readonly ConcurrentDictionary<KafkaPublication, byte> open = new();
    private readonly AutoResetEvent look = new(initialState: false);
    private volatile Dictionary<string, int> partitions = [];
    private volatile IProducer<byte[]?, byte[]?>? producer;
    private volatile bool isReachable;
    private volatile bool isDoubtful = true;
    private volatile bool isBroken;
    private volatile bool isStopping;
    private int waiting;
    private int waitingBytes;
    private long delivered;
    private Task? probing;

    // Touched by the probing thread only.
    private int brokers = 1;
    private int silent;

    /// <summary>Whether a broker answers; what a readiness check asks.</summary>
    public bool IsReachable => isReachable;

    /// <summary>Partitions of a topic; 0 while they are not known.</summary>
    public int PartitionsOf(string topic) => partitions.GetValueOrDefault(topic);

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        producer = clients.CreateProducer(Failed);
        probing = OwnThread.Run("kafka-probe", Watch);
        return Task.CompletedTask;
    }

    /// <summary>Puts messages on the log; completes when all of them are durable.</summary>
    /// <exception cref="LogUnavailableException">Not all are, or are known to be.</exception>
    public Task SendAsync(IReadOnlyList<KafkaMessage> messages, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        foreach (var message in messages)
        {
            if (message.Bytes > LargestContents)
            {
                throw new LogUnavailableException(WriteOutcome.Refused, "The request is larger than the log takes.");
            }

            bytes += message.Bytes;
        }

        var publication = new KafkaPublication(messages.Count, Admit(messages.Count, bytes), Closed);
        open.TryAdd(publication, 0);
        Produce(messages, publication);
        return publication.Done.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for what is under way, as long as it may.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        look.Set();
        if (probing is not null)
        {
            await probing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var current = producer;
        producer = null;
        if (current is not null)
        {
            // Messages time out by themselves, so this ends.
            await OwnThread.Run("kafka-flush", () =>
            {
                while (!open.IsEmpty && !cancellationToken.IsCancellationRequested && isReachable)
                {
                    current.Flush(TimeSpan.FromMilliseconds(100));
                }

                current.Dispose();
            });
        }

        foreach (var publication in open.Keys)
        {
            publication.Abandon();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        producer?.Dispose();
        look.Dispose();
    }

    /// <summary>Decides before the first message is handed over, so that what is refused is refused as a whole.</summary>
    private int Admit(int count, long bytes)
    {
        if (isStopping)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The service is stopping.");
        }

        if (!isReachable)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The log cannot be reached.");
        }

        var admitted = (int)Math.Min(bytes, MostWaitingBytes);
        var ahead = Interlocked.Add(ref waiting, count) - count;
        var aheadBytes = Interlocked.Add(ref waitingBytes, admitted) - admitted;
        if (ahead > 0 && (ahead + count > MostWaiting || (long)aheadBytes + admitted > MostWaitingBytes))
        {
            Interlocked.Add(ref waiting, -count);
            Interlocked.Add(ref waitingBytes, -admitted);
            throw new LogUnavailableException(WriteOutcome.Refused, Full);
        }

        return admitted;
    }

    private void Produce(IReadOnlyList<KafkaMessage> messages, KafkaPublication publication)
    {
        var current = producer;
        Action<DeliveryReport<byte[]?, byte[]?>> report = publication.Delivered;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            try
            {
                if (current is null)
                {
                    publication.NotTaken(messages.Count - i, ErrorCode.Local_Destroy);
                    return;
                }

                current.Produce(
                    new TopicPartition(message.Topic, message.Partition),
                    new Message<byte[]?, byte[]?> { Key = message.Key!, Value = message.Value!, Headers = message.Headers },
                    report);
            }
            catch (KafkaException refused)
            {
                publication.NotTaken(messages.Count - i, refused.Error.Code);
                return;
            }
            catch (ObjectDisposedException)
            {
                publication.NotTaken(messages.Count - i, ErrorCode.Local_Destroy);
                return;
            }
        }
    }

    private void Closed(KafkaPublication publication, ErrorCode failure)
    {
        open.TryRemove(publication, out _);
        Interlocked.Add(ref waiting, -publication.Count);
        Interlocked.Add(ref waitingBytes, -publication.Bytes);
        if (failure == ErrorCode.NoError)
        {
            Interlocked.Increment(ref delivered);
        }
        else if (failure is not (ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.Local_QueueFull))
        {
            Doubt();
        }
    }

    /// <summary>Called by the client's callback thread.</summary>
    private void Failed(Error error)
    {
        if (error.IsFatal)
        {
            isBroken = true;
            Doubt();
        }
        else if (error.Code == ErrorCode.Local_AllBrokersDown && !isStopping)
        {
            Close("all brokers are down");
            Doubt();
        }
    }

    private void Doubt()
    {
        isDoubtful = true;
        look.Set();
    }

    private void Close(string reason)
    {
        if (isReachable)
        {
            isReachable = false;
            LogUnreachable(reason);
        }
    }

    private void Watch()
    {
        var provisioned = false;
        var lastDelivered = 0L;
        var moved = time.GetTimestamp();
        long? probed = null;
        while (!isStopping)
        {
            var now = Interlocked.Read(ref delivered);
            if (now != lastDelivered || Volatile.Read(ref waiting) == 0)
            {
                (lastDelivered, moved) = (now, time.GetTimestamp());
            }

            if (!isReachable || isDoubtful || time.GetElapsedTime(moved) > Stall || probed is null || time.GetElapsedTime(probed.Value) > RegularProbe)
            {
                isDoubtful = false;
                Probe(ref provisioned);
                probed = time.GetTimestamp();
                if (time.GetElapsedTime(moved) > Stall)
                {
                    moved = probed.Value;
                }
            }

            look.WaitOne(Tick);
        }
    }

    private void Probe(ref bool provisioned)
    {
        var before = Interlocked.Read(ref delivered);
        try
        {
            if (isBroken)
            {
                Replace();
            }

            using var admin = new DependentAdminClientBuilder(producer!.Handle).Build();
            if (!provisioned)
            {
                topics.Ensure(admin);
                provisioned = true;
            }

            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var topic in topics.Wanted)
            {
                var metadata = admin.GetMetadata(topic.Name, ProbeTimeout);
                brokers = Math.Max(1, metadata.Brokers.Count);
                var found = metadata.Topics.FirstOrDefault(one => one.Topic == topic.Name);
                known[topic.Name] = found is { Partitions.Count: > 0 } ? found.Partitions.Count : PartitionsOf(topic.Name);
            }

            partitions = known;
            silent = 0;

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
            silent = Interlocked.Read(ref delivered) == before ? silent + 1 : 0;
            if (silent >= (brokers == 1 ? 1 : SilentProbes))
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

    /// <summary>After a fatal error the client is of no use any more; what it held is answered by its own callbacks.</summary>
    private void Replace()
    {
        isBroken = false;
        var broken = producer;
        producer = clients.CreateProducer(Failed);
        LogReplaced();
        broken?.Flush(ProbeTimeout);
        broken?.Dispose();
    }

    [LoggerMessage(4002, LogLevel.Warning, "Kafka cannot be reached, requests are refused until it can: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(4003, LogLevel.Information, "Kafka is reached")]
    private partial void LogReachable();

    [LoggerMessage(4004, LogLevel.Error, "The Kafka client failed for good and was replaced")]
    private partial void LogReplaced();

    [LoggerMessage(4005, LogLevel.Error, "Looking for Kafka failed because of a defect; trying again")]
    private partial void LogDefect(Exception error);
}
