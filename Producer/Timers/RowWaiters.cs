using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Waits for rows that a Consumer has yet to write: one read every 10 ms serves all who wait.</summary>
internal sealed class RowWaiters(ITimerStore store, TimeProvider time)
{
    private const int MostTogether = 1_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LookAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Waiter> waiters = [];
    private bool isLooking;

    /// <summary>Completes with the row. Whoever does not want to wait any longer cancels.</summary>
    public async Task<TimerRecord> WaitAsync(Guid key, CancellationToken cancellationToken)
    {
        var waiter = Join(key);
        try
        {
            return await waiter.Row.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(key, waiter);
        }
    }

    private Waiter Join(Guid key)
    {
        lock (gate)
        {
            if (!waiters.TryGetValue(key, out var waiter))
            {
                waiters[key] = waiter = new Waiter();
            }

            waiter.Count++;
            if (!isLooking)
            {
                isLooking = true;
                _ = LookAsync();
            }

            return waiter;
        }
    }

    private void Leave(Guid key, Waiter waiter)
    {
        lock (gate)
        {
            if (--waiter.Count == 0 && waiters.TryGetValue(key, out var current) && current == waiter)
            {
                waiters.Remove(key);
            }
        }
    }

    private async Task LookAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakeKeys() is { Count: > 0 } keys)
        {
            var pause = Look;
            try
            {
                foreach (var some in keys.Chunk(MostTogether))
                {
                    Complete(await store.FindAsync(some, CancellationToken.None));
                }
            }
            catch (StoreUnavailableException)
            {
                // Those who wait have their own patience.
                pause = LookAfterFailure;
            }
#pragma warning disable CA1031 // A defect is told to those who wait; others who come later are served.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Fail(keys, error);
            }

            await Task.Delay(pause, time);
        }
    }

    private List<Guid> TakeKeys()
    {
        lock (gate)
        {
            isLooking = waiters.Count > 0;
            return [.. waiters.Keys];
        }
    }

    private void Complete(IReadOnlyList<TimerRecord> rows)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                if (waiters.Remove(row.Key, out var waiter))
                {
                    waiter.Row.TrySetResult(row);
                }
            }
        }
    }

    private void Fail(List<Guid> keys, Exception error)
    {
        lock (gate)
        {
            foreach (var key in keys)
            {
                if (waiters.Remove(key, out var waiter))
                {
                    waiter.Row.TrySetException(error);
                }
            }
        }
    }

    private sealed class Waiter
    {
        public TaskCompletionSource<TimerRecord> Row { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; set; }
    }
}
