using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Storage;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Messages that are acknowledged together: one completion, however many they are.</summary>
/// <param name="messages">The messages that are published together, at least one.</param>
/// <param name="bytes">Size of all of them, against the limit on what is unacknowledged.</param>
/// <param name="ends">Is told of each acknowledgement.</param>
/// <param name="closed">Called once, when the last one's outcome is known.</param>
internal sealed class KafkaPublication(
    IReadOnlyList<KafkaMessage> messages, int bytes, KafkaEnds ends, Action<KafkaPublication, ErrorCode> closed)
{
    private readonly TaskCompletionSource<IReadOnlyList<long>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was acknowledged, in the order of the acknowledgements.</summary>
    private readonly List<TopicPartitionOffset> acknowledged = new(messages.Count);
    private int open = messages.Count;
    private int possibly;
    private int failure;

    public int Count => messages.Count;

    public int Bytes => bytes;

    /// <summary>Whether the topic was recreated since this process sent to it before; known when it is done.</summary>
    public bool IsOfAnotherTopic { get; private set; }

    /// <summary>The offset of each message, in the order of the publication.</summary>
    public Task<IReadOnlyList<long>> Done => done.Task;

    /// <summary>Called by the client's one callback thread: nothing but counting.</summary>
    public void Delivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Status == PersistenceStatus.Persisted && !report.Error.IsError)
        {
            acknowledged.Add(report.TopicPartitionOffset);
            IsOfAnotherTopic |= !ends.TryAdvance(report.TopicPartitionOffset);
        }
        else
        {
            if (report.Status != PersistenceStatus.NotPersisted)
            {
                Interlocked.Increment(ref possibly);
            }

            Volatile.Write(ref failure, (int)report.Error.Code);
        }

        Close(1);
    }

    /// <summary>The client did not take the last ones.</summary>
    public void NotTaken(int last, ErrorCode why)
    {
        Volatile.Write(ref failure, (int)why);
        Close(last);
    }

    /// <summary>Nothing more will be heard of it.</summary>
    public void Abandon() => done.TrySetException(
        new LogUnavailableException(WriteOutcome.Unknown, "The service stopped before the log acknowledged the request."));

    private void Close(int ended)
    {
        if (Interlocked.Add(ref open, -ended) != 0)
        {
            return;
        }

        var why = (ErrorCode)Volatile.Read(ref failure);
        closed(this, why);
        if (acknowledged.Count == Count)
        {
            done.TrySetResult(Offsets());
            return;
        }

        // If only some are on the log, the outcome is unknown, too: the caller asked for all.
        var outcome = acknowledged.Count + possibly == 0 ? WriteOutcome.Refused : WriteOutcome.Unknown;
        var reason = why switch
        {
            ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => "The request is larger than the log accepts.",
            ErrorCode.Local_QueueFull => KafkaProducer.Full,
            ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.RequestTimedOut =>
                "The log did not acknowledge the request in time.",
            _ => "The log did not acknowledge the request.",
        };
        done.TrySetException(new LogUnavailableException(outcome, reason, new KafkaException(new Error(why))));
    }

    /// <summary>An idempotent producer keeps the order of a partition, so its messages have its offsets in ascending order.</summary>
    private long[] Offsets()
    {
        if (acknowledged is [var one])
        {
            return [one.Offset.Value];
        }

        var byPartition = acknowledged.GroupBy(each => each.TopicPartition)
            .ToDictionary(group => group.Key, group => new Queue<long>(group.Select(each => each.Offset.Value).Order()));
        return [.. messages.Select(message => byPartition[new TopicPartition(message.Topic, message.Partition)].Dequeue())];
    }
}
