using Contracts.Common;
using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Messages that complete together, each with its own result.</summary>
internal sealed class InProcessPublication(MessageRoute route, IReadOnlyList<object> messages, MessageContext context)
{
    private readonly TaskCompletionSource<PublishReceipt> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogPosition[] positions = new LogPosition[messages.Count];
    private readonly bool[] isNew = new bool[messages.Count];
    private readonly string? traceParent = TraceContext.Current;
    private List<RejectedMessage>? rejected;
    private LogUnavailableException? failure;
    private int open = messages.Count;

    public Task<PublishReceipt> Done => done.Task;

    /// <summary>Adds its messages to a batch; from now on it waits for each of them.</summary>
    public void Enter(List<InProcessEntry> batch, Func<LogPosition> position)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            positions[i] = position();
            batch.Add(new InProcessEntry(route, messages[i], positions[i], this, i)
            {
                Tenant = context.Tenant,
                Source = context.Source.IsKnown ? context.Source : positions[i],
                TraceParent = traceParent,
            });
        }
    }

    public void GiveUp(CancellationToken token) => done.TrySetCanceled(token);

    /// <summary>The effects of one of them are durable.</summary>
    /// <param name="index">Which.</param>
    /// <param name="wasNew">Whether it is known that it was new, with all that it carries.</param>
    public void Applied(int index, bool wasNew)
    {
        isNew[index] = wasNew;
        Close();
    }

    /// <summary>One of them is a dead letter.</summary>
    public void Reject(int index, string reason, string deadLetter)
    {
        lock (positions)
        {
            (rejected ??= []).Add(new RejectedMessage(index, reason, deadLetter));
        }

        Close();
    }

    /// <summary>One of them is not applied, or it is unknown whether it is.</summary>
    public void Fail(LogUnavailableException error)
    {
        // If there are several, the less certain one is reported.
        if (failure is null || error.Outcome == Contracts.Storage.WriteOutcome.Unknown)
        {
            failure = error;
        }

        Close();
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref open) != 0)
        {
            return;
        }

        if (failure is null)
        {
            done.TrySetResult(new PublishReceipt(MessageEffects.Stored) { Positions = positions, New = isNew, Rejected = rejected ?? [] });
        }
        else
        {
            done.TrySetException(failure);
        }
    }
}
