using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Storage;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Messages that are acknowledged together: one completion, however many they are.</summary>
/// <param name="count">Messages.</param>
/// <param name="bytes">Of all of them.</param>
/// <param name="closed">Called once, when the last one's fate is known.</param>
internal sealed class KafkaPublication(int count, int bytes, Action<KafkaPublication, ErrorCode> closed)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int open = count;
    private int persisted;
    private int possibly;
    private int failure;

    public int Count { get; } = count;

    public int Bytes => bytes;

    public Task Done => done.Task;

    /// <summary>Called by the client's one callback thread: nothing but counting.</summary>
    public void Delivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Status == PersistenceStatus.Persisted && !report.Error.IsError)
        {
            Interlocked.Increment(ref persisted);
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
    public void NotTaken(int messages, ErrorCode why)
    {
        Volatile.Write(ref failure, (int)why);
        Close(messages);
    }

    /// <summary>Nothing more will be heard of it.</summary>
    public void Abandon() => done.TrySetException(
        new LogUnavailableException(WriteOutcome.Unknown, "The service stopped before the log acknowledged the request."));

    private void Close(int messages)
    {
        if (Interlocked.Add(ref open, -messages) != 0)
        {
            return;
        }

        var why = (ErrorCode)Volatile.Read(ref failure);
        closed(this, why);
        if (persisted == Count)
        {
            done.TrySetResult();
            return;
        }

        // Some of them on the log and some not is unknown as well: the caller asked for all.
        var outcome = persisted + possibly == 0 ? WriteOutcome.Refused : WriteOutcome.Unknown;
        var reason = why switch
        {
            ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge => "The request is larger than the log takes.",
            ErrorCode.Local_QueueFull => KafkaProducer.Full,
            ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.RequestTimedOut => "The log did not acknowledge the request in time.",
            _ => "The log did not acknowledge the request.",
        };
        done.TrySetException(new LogUnavailableException(outcome, reason, new KafkaException(new Error(why))));
    }
}
