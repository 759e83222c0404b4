using System.Net;
using Runner.Timers.Armed;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>
/// One tenant's receiver (scheme, host, port): a bounded number of requests in flight, and two queues behind them in due order.
/// </summary>
/// <remarks>
/// Timers that would wait too long, at the receiver's measured rate, go back to the store: one receiver's trouble takes neither memory nor
/// slots from others. Tenants that send to one receiver have a queue and a bound each, and take turns at what its address allows in all.
/// </remarks>
internal sealed partial class Destination(
    string host, int port, DeliveryOptions options, WebhookSender sender, HostLookups lookups, SendBudget budget, TimeProvider time,
    HostLookup? standIn = null)
{
    /// <summary>After this many sends an overdue timer goes first, so that a busy on-time lane never starves the overdue one.</summary>
    private const int OverdueTurn = 8;

    /// <summary>Threads that begin requests to it.</summary>
    private static readonly int MaxStarting = Math.Max(2, Environment.ProcessorCount / 2);

    /// <summary>What needs no look-up; of an address without a host nothing is sent, and the attempt says so.</summary>
    private readonly HostLookup? literal =
        host.Length == 0 || port < 0 ? new HostLookup.Failed("the address has no host") : standIn ?? HostLookups.Literal(host);

    private readonly Lock gate = new();
    private readonly Queue<ArmedTimer> onTime = new();
    private readonly Queue<ArmedTimer> overdue = new();
    private readonly Queue<(long At, long Ended)> samples = new();
    private int underWay;
    private int overdueUnderWay;
    private int turn;
    private long ended;
    private long? troubledSince;
    private long handedBackAt;
    private bool retired;
    private bool isAsking;
    private bool isWaiting;
    private SendShare? share;
    private HostLookup.Found? followed;
    private Action? retry;
    private int starts;

    /// <summary>Requests in flight.</summary>
    public int InFlight
    {
        get
        {
            lock (gate)
            {
                return underWay;
            }
        }
    }

    private int OverdueLimit => Math.Max(1, options.InFlightPerDestination / 2);

    /// <returns>False if it has retired; another one takes its place.</returns>
    public bool TryEnqueue(ArmedTimer armed)
    {
        lock (gate)
        {
            if (retired)
            {
                return false;
            }

            (armed.Lane == Lane.OnTime ? onTime : overdue).Enqueue(armed);
        }

        Start();
        return true;
    }

    /// <summary>
    /// Retires it when nothing waits, nothing is in flight, and nothing will soon come back, so that past receivers take no memory.
    /// </summary>
    public bool TryRetire()
    {
        lock (gate)
        {
            retired = underWay == 0 && !isAsking && onTime.Count == 0 && overdue.Count == 0 && !IsTroubled();
            if (retired && share is { } left)
            {
                budget.Leave(left);
                (share, followed) = (null, null);
            }

            return retired;
        }
    }

    /// <summary>As many as may start now: there is a new one, a name is resolved, or slots are free.</summary>
    /// <remarks>
    /// One thread begins one request after the other, each as far as its bytes are written; a thread woken for each of them took a third of
    /// the time of a burst. Several threads only if there is more to begin.
    /// </remarks>
    private void Start()
    {
        if (Interlocked.Increment(ref starts) <= MaxStarting)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.StartAll(), this, preferLocal: false);
        }
    }

    private void StartAll()
    {
        do
        {
            while (TakeNext() is { } next)
            {
                _ = SendAllAsync(next);
            }
        }
        while (Interlocked.Decrement(ref starts) >= MaxStarting);
    }

    /// <summary>Sends one after the other while there are more and they may go: a slot is kept, not asked for anew.</summary>
    private async Task SendAllAsync(ArmedTimer first)
    {
        for (var next = first; next is not null;)
        {
            var sent = next;
            next = null;
            try
            {
                await sender.SendAsync(sent);
            }
            finally
            {
                next = TakeAfter(sent);
            }
        }
    }

    private ArmedTimer? TakeAfter(ArmedTimer armed)
    {
        bool isTheirTurn;
        lock (gate)
        {
            underWay--;
            overdueUnderWay -= armed.Lane == Lane.Overdue ? 1 : 0;
            ended++;
            if (armed.Slot is { } before && before.Share == share && NextQueue() is { } queue && budget.TryRenew(before, retry) is { } slot)
            {
                if (TryBegin(queue.Dequeue(), slot) is { } next)
                {
                    return next;
                }

                // It has just gone elsewhere; the slot goes to whoever is next.
                armed.Slot = slot;
                slot.IsKept = true;
            }

            isTheirTurn = share is not null && budget.IsWaitedFor(share, retry);
        }

        // The slot is offered to those who wait, on other threads: taking it back on this one at once, nobody else would ever get it.
        armed.Slot?.End();
        if (isTheirTurn)
        {
            Start();
            return null;
        }

        return TakeNext();
    }

    private ArmedTimer? TryBegin(ArmedTimer next, SendSlot? slot)
    {
        if (!next.TryStart())
        {
            return null;
        }

        next.Slot = slot;
        underWay++;
        overdueUnderWay += next.Lane == Lane.Overdue ? 1 : 0;
        turn++;
        return next;
    }

    private ArmedTimer? TakeNext()
    {
        SendSlot? unused = null;
        try
        {
            lock (gate)
            {
                while (underWay < options.InFlightPerDestination && NextQueue() is { } queue)
                {
                    var slot = unused;
                    unused = null;
                    if (slot is null && !TryTakeSlot(out slot))
                    {
                        return null;
                    }

                    if (TryBegin(queue.Dequeue(), slot) is { } next)
                    {
                        return next;
                    }

                    unused = slot;
                }
            }
        }
        finally
        {
            unused?.Settle();
            unused?.End();
        }

        return null;
    }

    /// <summary>
    /// A slot at the address that the name leads to; none is needed while the name cannot be resolved, since then nothing is sent.
    /// </summary>
    private bool TryTakeSlot(out SendSlot? slot)
    {
        slot = null;
        switch (literal ?? lookups.Known(host))
        {
            case HostLookup.Failed:
                return true;
            case HostLookup.Found found:
                Follow(found);
                slot = isWaiting ? null : budget.TryTake(share!, retry ??= Retry);
                isWaiting = slot is null;
                return !isWaiting;
            default:
                if (!isAsking)
                {
                    isAsking = true;
                    _ = AskAsync();
                }

                return false;
        }
    }

    /// <summary>Counts with those at the name's first address, which is the one that is tried first.</summary>
    private void Follow(HostLookup.Found found)
    {
        if (ReferenceEquals(found, followed))
        {
            return;
        }

        var before = share;
        share = budget.Join(new IPEndPoint(found.Addresses[0], port));
        followed = found;
        if (before is not null)
        {
            budget.Leave(before);
        }
    }

    /// <summary>All that wait here wait for one answer, and hold no slot meanwhile.</summary>
    private async Task AskAsync()
    {
        await Task.Yield();
        while (await lookups.FindAsync(host, CancellationToken.None) is HostLookup.NotAsked && IsWaitedFor())
        {
            // What waits too long meanwhile is handed back.
        }

        lock (gate)
        {
            isAsking = false;
        }

        Start();
    }

    private bool IsWaitedFor()
    {
        lock (gate)
        {
            return onTime.Count > 0 || overdue.Count > 0;
        }
    }

    private void Retry()
    {
        lock (gate)
        {
            isWaiting = false;
        }

        Start();
    }

    private Queue<ArmedTimer>? NextQueue()
    {
        var overdueMay = overdue.Count > 0 && overdueUnderWay < OverdueLimit;
        if (onTime.Count > 0 && !(overdueMay && turn % OverdueTurn == 0))
        {
            return onTime;
        }

        return overdueMay ? overdue : null;
    }
}
