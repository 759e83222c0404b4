using Contracts.Storage;

namespace Infrastructure.Storage.Mongo;

/// <summary>Runs as much work at once as there are connections, the Runner's first; the queue is bounded in length and time.</summary>
/// <remarks>The driver also has a queue in front of its pool, but that one has neither priorities nor bounds.</remarks>
/// <param name="places">Maximum number of pieces of work that run at once, at least 1.</param>
/// <param name="maxWait">How long work waits for a place before it is refused.</param>
/// <param name="time">The clock for that wait.</param>
internal sealed class MongoGate(int places, TimeSpan maxWait, TimeProvider time)
{
    /// <summary>Maximum work waiting in each lane; beyond it, callers are told at once that the database does not keep up.</summary>
    internal const int MaxWaiting = 10_000;

    private const string Overloaded = "The database does not keep up with what is asked of it.";

    private readonly Lock gate = new();
    private readonly Queue<Waiter> runner = new();
    private readonly Queue<Waiter> others = new();
    private int free = places;
    private string? closed;

    /// <summary>Waits for a place, which <see cref="Leave"/> returns.</summary>
    /// <exception cref="StoreUnavailableException">Refused: none of the work has begun.</exception>
    public Task EnterAsync(MongoLane lane, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (gate)
        {
            if (closed is { } reason)
            {
                throw Refused(reason);
            }

            if (free > 0)
            {
                free--;
                return Task.CompletedTask;
            }

            var queue = lane == MongoLane.Runner ? runner : others;
            if (queue.Count >= MaxWaiting)
            {
                throw Refused(Overloaded);
            }

            waiter = new Waiter();
            queue.Enqueue(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Returns a place, to the longest waiter of the first lane that has work, if any.</summary>
    public void Leave()
    {
        lock (gate)
        {
            while (runner.TryDequeue(out var next) || others.TryDequeue(out next))
            {
                // Cancelled waiters are skipped.
                if (next.TrySetResult())
                {
                    return;
                }
            }

            free++;
        }
    }

    /// <summary>Refuses everyone waiting now; later callers wait again.</summary>
    public void RefuseWaiting(string reason)
    {
        lock (gate)
        {
            while (runner.TryDequeue(out var next) || others.TryDequeue(out next))
            {
                next.TrySetException(Refused(reason));
            }
        }
    }

    /// <summary>Refuses everyone, now and later.</summary>
    public void Close(string reason)
    {
        lock (gate)
        {
            closed = reason;
        }

        RefuseWaiting(reason);
    }

    private static StoreUnavailableException Refused(string reason) => new(WriteOutcome.Refused, reason);

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Task.WaitAsync(maxWait, time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // A place granted at the same moment goes to the next waiter.
            if (!waiter.TrySetCanceled(CancellationToken.None) && waiter.Task.IsCompletedSuccessfully)
            {
                Leave();
            }

            if (error is TimeoutException)
            {
                throw Refused(Overloaded);
            }

            throw;
        }
    }

    private sealed class Waiter() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}
