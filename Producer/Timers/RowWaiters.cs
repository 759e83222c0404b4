using System.Diagnostics;
using Contracts.Storage;
using Contracts.Timers;

namespace Producer.Timers;

/// <summary>Waits for rows that a Consumer has yet to write: one read every 10 ms serves all waiters of a tenant.</summary>
internal sealed class RowWaiters(ITimerStore store, TimeProvider time)
{
    private const int MaxBatch = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PollIntervalAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly Dictionary<TimerAddress, Waiter> waiters = [];
    private bool isPolling;

    /// <summary>Completes with the row. Cancel to stop waiting.</summary>
    public async Task<TimerRecord> WaitAsync(TimerAddress address, CancellationToken cancellationToken)
    {
        var waiter = Join(address);
        try
        {
            return await waiter.Row.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(address, waiter);
        }
    }

    private Waiter Join(TimerAddress address)
    {
        lock (gate)
        {
            if (!waiters.TryGetValue(address, out var waiter))
            {
                waiters[address] = waiter = new Waiter();
            }

            waiter.Count++;
            if (!isPolling)
            {
                isPolling = true;
                _ = PollAsync();
            }

            return waiter;
        }
    }

    private void Leave(TimerAddress address, Waiter waiter)
    {
        lock (gate)
        {
            if (--waiter.Count == 0 && waiters.TryGetValue(address, out var current) && current == waiter)
            {
                waiters.Remove(address);
            }
        }
    }

    private async Task PollAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

        // It polls for all who wait, not in the trace of the first one.
        Activity.Current = null;
        while (TakeAddresses() is { Count: > 0 } addresses)
        {
            var pause = PollInterval;
            try
            {
                foreach (var tenant in addresses.GroupBy(address => address.Tenant, address => address.Key))
                {
                    foreach (var some in tenant.Chunk(MaxBatch))
                    {
                        Complete(await store.FindAsync(tenant.Key, some, CancellationToken.None));
                    }
                }
            }
            catch (StoreUnavailableException)
            {
                // Waiters have their own time-outs.
                pause = PollIntervalAfterFailure;
            }
#pragma warning disable CA1031 // A defect is told to those who wait; others who come later are served.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Fail(addresses, error);
            }

            await Task.Delay(pause, time);
        }
    }

    private List<TimerAddress> TakeAddresses()
    {
        lock (gate)
        {
            isPolling = waiters.Count > 0;
            return [.. waiters.Keys];
        }
    }

    private void Complete(IReadOnlyList<TimerRecord> rows)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                if (waiters.Remove(new TimerAddress(row.Tenant, row.Key), out var waiter))
                {
                    waiter.Row.TrySetResult(row);
                }
            }
        }
    }

    private void Fail(List<TimerAddress> addresses, Exception error)
    {
        lock (gate)
        {
            foreach (var address in addresses)
            {
                if (waiters.Remove(address, out var waiter))
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
