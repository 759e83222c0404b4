using System.Net;
using Contracts.Common;
using Runner.Timers.Armed;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>One receiver (scheme, host, port): a bounded number of requests in flight, and two queues behind them in due order.</summary>
/// <remarks>
/// Timers that would wait too long, at the receiver's measured rate, go back to the store: one receiver's trouble takes neither memory nor
/// slots from others.
/// </remarks>
internal sealed class Destination(
    string host, int port, DeliveryOptions options, WebhookSender sender, HostLookups lookups, SendBudget budget, TimeProvider time)
{
    /// <summary>After this many sends an overdue timer goes first, so that a busy on-time lane never starves the overdue one.</summary>
    private const int OverdueTurn = 8;

    /// <summary>How long a receiver must be observed, while timers wait for it, before its rate is estimated.</summary>
    private static readonly TimeSpan MinMeasure = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxMeasure = TimeSpan.FromSeconds(2);

    /// <summary>Threads that begin requests to it.</summary>
    private static readonly int MaxStarting = Math.Max(2, Environment.ProcessorCount / 2);

    /// <summary>What needs no look-up; of an address without a host nothing is sent, and the attempt says so.</summary>
    private readonly HostLookup? literal =
        host.Length == 0 || port < 0 ? new HostLookup.Failed("the address has no host") : HostLookups.Literal(host);

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
    private SendBudget.Share? share;
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

    /// <summary>
    /// Removes the timers that wait too long, with the instant at which the turn of each might come. Must be called regularly.
    /// </summary>
    public void CollectStuck(DateTimeOffset now, List<(ArmedTimer Timer, DateTimeOffset NextAt)> stuck)
    {
        lock (gate)
        {
            if (onTime.Count == 0 && overdue.Count == 0)
            {
                samples.Clear();
                return;
            }

            if (MeasureRate() is { } rate)
            {
                var before = stuck.Count;
                var longest = CurrentMaxReturn();

                // Each lane is judged by the share of the rate that it is sure to get.
                CollectStuck(onTime, rate, longest, now, stuck);
                CollectStuck(overdue, rate / 2, longest, now, stuck);
                if (stuck.Count > before)
                {
                    handedBackAt = time.GetTimestamp();
                    troubledSince ??= handedBackAt;
                }
            }
        }
    }

    /// <summary>
    /// For how long timers may go back: as long as the trouble has lasted. Whoever falters for a moment, or seems to because this process
    /// did, has its timers back a moment later; whoever hangs for long costs little.
    /// </summary>
    private TimeSpan CurrentMaxReturn()
    {
        if (!IsTroubled())
        {
            troubledSince = null;
        }

        var lasts = troubledSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Clamp(lasts.Ticks, options.MinReturn.Ticks, options.MaxReturn.Ticks));
    }

    /// <summary>Trouble is over once nothing was handed back for as long as something may stay away.</summary>
    private bool IsTroubled() => troubledSince is not null && time.GetElapsedTime(handedBackAt) < options.MaxReturn;

    private void CollectStuck(
        Queue<ArmedTimer> queue,
        double rate,
        TimeSpan longest,
        DateTimeOffset now,
        List<(ArmedTimer Timer, DateTimeOffset NextAt)> stuck)
    {
        var allowed = (int)Math.Min(int.MaxValue, options.MaxWait.TotalSeconds * rate);
        if (queue.Count <= allowed)
        {
            return;
        }

        var waiting = queue.ToArray();
        queue.Clear();
        for (var i = 0; i < waiting.Length; i++)
        {
            if (i < allowed)
            {
                queue.Enqueue(waiting[i]);
            }
            else if (waiting[i].TryLeave())
            {
                var wait = Math.Clamp(i / rate, options.MinReturn.TotalSeconds, longest.TotalSeconds);
                stuck.Add((waiting[i], Instants.CeilingToMilliseconds(now.AddSeconds(wait))));
            }
        }
    }

    /// <summary>Requests completed per second while others waited; null until that has lasted long enough to tell.</summary>
    private double? MeasureRate()
    {
        samples.Enqueue((time.GetTimestamp(), ended));
        while (time.GetElapsedTime(samples.Peek().At) > MaxMeasure)
        {
            samples.Dequeue();
        }

        var (at, before) = samples.Peek();
        var elapsed = time.GetElapsedTime(at);
        return elapsed < MinMeasure ? null : Math.Max(1, ended - before) / elapsed.TotalSeconds;
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
        for (var next = first; next is not null; next = TakeNext())
        {
            try
            {
                await sender.SendAsync(next);
            }
            finally
            {
                Ended(next);
            }
        }
    }

    private ArmedTimer? TakeNext()
    {
        SendBudget.Slot? unused = null;
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

                    var next = queue.Dequeue();
                    if (next.TryStart())
                    {
                        next.Slot = slot;
                        underWay++;
                        overdueUnderWay += next.Lane == Lane.Overdue ? 1 : 0;
                        turn++;
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
    private bool TryTakeSlot(out SendBudget.Slot? slot)
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

    private void Ended(ArmedTimer armed)
    {
        lock (gate)
        {
            underWay--;
            overdueUnderWay -= armed.Lane == Lane.Overdue ? 1 : 0;
            ended++;
        }

        armed.Slot?.End();
    }
}
