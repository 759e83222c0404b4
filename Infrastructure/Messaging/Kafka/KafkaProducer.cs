using System.Collections.Concurrent;
using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging.Kafka;

/// <summary>The process's one producer.</summary>
/// <remarks>While no broker can be reached it refuses at once instead of queueing messages that would only time out.</remarks>
internal sealed partial class KafkaProducer(KafkaClients clients, KafkaProbe probe, ILogger<KafkaProducer> logger)
    : IHostedService, IDisposable
{
    /// <summary>Messages that may wait for their acknowledgement; more are refused.</summary>
    internal const int MaxWaiting = 100_000;

    /// <summary>Maximum bytes of these messages.</summary>
    internal const int MaxWaitingBytes = 128 << 20;

    /// <summary>Bytes for headers and record overhead, beside key and value.</summary>
    private const int Overhead = 64 << 10;

    /// <summary>Maximum bytes of a message's key and value; larger ones are refused.</summary>
    internal const int MaxContentBytes = KafkaOptions.MaxMessageBytes - Overhead;

    internal const string Full = "Too many requests wait for the log.";

    private readonly ConcurrentDictionary<KafkaPublication, byte> open = new();
    private readonly KafkaEnds ends = new();
    private volatile IProducer<byte[]?, byte[]?>? producer;
    private volatile bool isBroken;
    private volatile bool isStopping;
    private int waiting;
    private int waitingBytes;
    private long delivered;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        producer = clients.CreateProducer(Failed);
        probe.Start(FindClient, () => (Interlocked.Read(ref delivered), Volatile.Read(ref waiting)));
        return Task.CompletedTask;
    }

    /// <summary>Puts messages on the log; completes when all of them are durable.</summary>
    /// <exception cref="LogUnavailableException">Not all are, or are known to be.</exception>
    /// <returns>The offset of each message.</returns>
    public async Task<IReadOnlyList<long>> SendAsync(IReadOnlyList<KafkaMessage> messages, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        foreach (var message in messages)
        {
            if (message.Bytes > MaxContentBytes)
            {
                throw new LogUnavailableException(WriteOutcome.Refused, "The request is larger than the log accepts.");
            }

            bytes += message.Bytes;
        }

        var publication = new KafkaPublication(messages, Admit(messages.Count, bytes), ends, Closed);
        open.TryAdd(publication, 0);
        Produce(messages, publication);
        var offsets = await publication.Done.WaitAsync(cancellationToken);
        if (publication.IsOfAnotherTopic)
        {
            LogRecreated(messages[0].Topic);
            await probe.RefreshAsync(cancellationToken);
        }

        return offsets;
    }

    /// <summary>Waits for messages in flight, within the stop time-out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        await probe.StopAsync(cancellationToken);
        var current = producer;
        producer = null;
        if (current is not null)
        {
            // Messages time out by themselves, so this ends.
            await OwnThread.Run("kafka-flush", () =>
            {
                while (!open.IsEmpty && !cancellationToken.IsCancellationRequested && probe.IsReachable)
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

    /// <summary>Also of one that was never stopped: a start that failed elsewhere.</summary>
    public void Dispose()
    {
        probe.Stop();
        producer?.Dispose();
    }

    /// <summary>Decides before the first message is handed over, so that a publication is refused as a whole.</summary>
    private int Admit(int count, long bytes)
    {
        if (isStopping)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The service is stopping.");
        }

        if (!probe.IsReachable)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The log cannot be reached.");
        }

        var admitted = (int)Math.Min(bytes, MaxWaitingBytes);
        var ahead = Interlocked.Add(ref waiting, count) - count;
        var aheadBytes = Interlocked.Add(ref waitingBytes, admitted) - admitted;
        if (ahead > 0 && (ahead + count > MaxWaiting || (long)aheadBytes + admitted > MaxWaitingBytes))
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
            probe.Doubt();
        }
    }

    /// <summary>Called by the client's callback thread.</summary>
    private void Failed(Error error)
    {
        if (error.IsFatal)
        {
            isBroken = true;
            probe.Doubt();
        }
        else if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            probe.Lost();
        }
    }

    /// <summary>Called by the probing thread.</summary>
    private Handle FindClient()
    {
        if (isBroken)
        {
            Replace();
        }

        return producer!.Handle;
    }

    /// <summary>After a fatal error the client is useless; its callbacks complete the messages that it held.</summary>
    private void Replace()
    {
        isBroken = false;
        var broken = producer;
        producer = clients.CreateProducer(Failed);
        LogReplaced();
        broken?.Flush(KafkaProbe.Timeout);
        broken?.Dispose();
    }

    [LoggerMessage(4007, LogLevel.Warning, "The topic {Topic} was recreated: its offsets begin again")]
    private partial void LogRecreated(string topic);

    [LoggerMessage(4004, LogLevel.Error, "The Kafka client failed permanently and was replaced")]
    private partial void LogReplaced();
}
