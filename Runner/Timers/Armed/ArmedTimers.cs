using System.Collections.Concurrent;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Options;
using Runner.Timers.Receivers;

namespace Runner.Timers.Armed;

/// <summary>All timers that this Runner holds: those on time wait in a heap for their instant. Bounded, so memory is flat.</summary>
internal sealed class ArmedTimers(IOptions<DueOptions> options, IStoreClock clock) : IArmedTimers, IDisposable
{
    private readonly ConcurrentDictionary<Guid, ArmedTimer> held = new();
    private readonly PriorityQueue<ArmedTimer, (long NextAt, long Order)> heap = new();
    private readonly Lock gate = new();
    private readonly AutoResetEvent changed = new(initialState: false);
    private readonly int[] counts = new int[2];
    private readonly long[] bytes = new long[2];
    private long order;

    /// <summary>How many are held, in both lanes.</summary>
    public int Count => held.Count;

    /// <summary>Set when an earlier timer was added, or one was returned.</summary>
    public WaitHandle Changed => changed;

    /// <summary>
    /// How many more timers and bytes a lane accepts. An idle lane's half is not lent to the other: one claim can fill it when work comes.
    /// </summary>
    public (int Timers, long Bytes) Room(Lane lane) =>
        ((options.Value.Capacity / 2) - Volatile.Read(ref counts[(int)lane]),
         (options.Value.CapacityBytes / 2) - Volatile.Read(ref bytes[(int)lane]));

    /// <summary>Adds claimed timers. Those on time go into the heap; the caller passes on the overdue ones.</summary>
    public IReadOnlyList<ArmedTimer> Add(IReadOnlyList<ClaimedTimer> timers, Lane lane)
    {
        var added = new ArmedTimer[timers.Count];
        for (var i = 0; i < added.Length; i++)
        {
            var armed = added[i] = new ArmedTimer(timers[i], lane);
            held[armed.Timer.Key] = armed;
            Interlocked.Increment(ref counts[(int)lane]);
            Interlocked.Add(ref bytes[(int)lane], armed.Bytes);
        }

        if (lane == Lane.OnTime)
        {
            Push(added);
        }

        return added;
    }

    /// <summary>Moves all timers due now into <paramref name="due"/>, in due order.</summary>
    /// <returns>How long until the next one; null when none waits.</returns>
    public TimeSpan? TakeDue(List<ArmedTimer> due)
    {
        lock (gate)
        {
            DateTimeOffset? now = null;
            while (heap.TryPeek(out var first, out var rank))
            {
                // Only if a timer waits: before the first claim, the store may not have reported its time.
                now ??= clock.Now;
                var wait = new DateTimeOffset(rank.NextAt, TimeSpan.Zero) - now.Value;
                var isWaiting = first.IsWaiting;
                if (isWaiting && wait > TimeSpan.Zero)
                {
                    return wait;
                }

                // Checked once: if a command returned it between two checks, it would be sent before its instant.
                heap.Dequeue();
                if (isWaiting)
                {
                    due.Add(first);
                }
            }

            return null;
        }
    }

    /// <summary>Forgets timers whose outcomes are written.</summary>
    public void RemoveAll(IEnumerable<ArmedTimer> written)
    {
        var slots = new List<SendSlot>();
        foreach (var armed in written)
        {
            if (TryRemove(armed) && armed.Slot is { IsKept: false } slot)
            {
                slots.Add(slot);
            }
        }

        SendBudget.SettleAll(slots);
    }

    /// <summary>Forgets a timer: it was handed back, or a command has it.</summary>
    public void Remove(ArmedTimer armed)
    {
        if (TryRemove(armed))
        {
            armed.Slot?.Settle();
        }
    }

    private bool TryRemove(ArmedTimer armed)
    {
        // A retry that is due at once may have been claimed again already: then the later claim has taken its place, and stays.
        held.TryRemove(KeyValuePair.Create(armed.Timer.Key, armed));
        if (!armed.TryForget())
        {
            return false;
        }

        Interlocked.Decrement(ref counts[(int)armed.Lane]);
        Interlocked.Add(ref bytes[(int)armed.Lane], -armed.Bytes);
        return true;
    }

    /// <summary>Removes all timers that are not being sent, to be handed back.</summary>
    /// <param name="except">Timers claimed under this Runner's name stay; null removes all.</param>
    public IReadOnlyList<ArmedTimer> Drain(Guid? except = null)
    {
        var left = new List<ArmedTimer>();
        foreach (var armed in held.Values)
        {
            if (armed.Timer.Runner != except && armed.TryLeave())
            {
                left.Add(armed);
                Remove(armed);
            }
        }

        return left;
    }

    /// <inheritdoc />
    public ArmedTake TryTake(Guid key)
    {
        if (!held.TryGetValue(key, out var armed))
        {
            return new ArmedTake(ArmedPosition.Absent, null);
        }

        if (armed.TryTake())
        {
            return new ArmedTake(ArmedPosition.Taken, new ArmedHold(this, armed));
        }

        // Held by another command, or on its way back to the store: nothing is being sent, and a moment later it is settled.
        return new ArmedTake(armed.IsInFlight ? ArmedPosition.InFlight : ArmedPosition.Absent, null);
    }

    public void Dispose() => changed.Dispose();

    private void Push(ReadOnlySpan<ArmedTimer> timers)
    {
        lock (gate)
        {
            foreach (var armed in timers)
            {
                heap.Enqueue(armed, (armed.Timer.NextAt.UtcTicks, order++));
            }
        }

        changed.Set();
    }

    /// <summary>A command's hold on a timer.</summary>
    private sealed class ArmedHold(ArmedTimers timers, ArmedTimer armed) : IArmedHold
    {
        private bool released;

        public ClaimToken Token => armed.Timer.Token;

        public void Release()
        {
            released = true;
            timers.Remove(armed);
        }

        public void Dispose()
        {
            // Its old place in a queue may be gone; a second place in the heap is harmless, since only one can start it.
            if (!released && armed.TryReturn())
            {
                timers.Push([armed]);
            }
        }
    }
}
