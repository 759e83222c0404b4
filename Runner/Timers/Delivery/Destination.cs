using Contracts.Common;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <summary>One receiver (scheme, host, port): a bounded number of requests in flight, and two queues behind them in due order.</summary>
/// <remarks>
/// Timers that would wait too long, at the receiver's measured rate, go back to the store: one receiver's trouble takes neither memory nor
/// slots from others.
/// </remarks>
internal sealed class Destination(DeliveryOptions options, WebhookSender sender, TimeProvider time)
{
    /// <summary>After this many sends an overdue timer goes first, so that a busy on-time lane never starves the overdue one.</summary>
    private const int OverdueTurn = 8;

    /// <summary>How long a receiver must be observed, while timers wait for it, before its rate is estimated.</summary>
    private static readonly TimeSpan MinMeasure = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxMeasure = TimeSpan.FromSeconds(2);

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

        StartNext();
        return true;
    }

    /// <summary>
    /// Retires it when nothing waits, nothing is in flight, and nothing will soon come back, so that past receivers take no memory.
    /// </summary>
    public bool TryRetire()
    {
        lock (gate)
        {
            return retired = underWay == 0 && onTime.Count == 0 && overdue.Count == 0 && !IsTroubled();
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

    private void StartNext()
    {
        if (TakeNext() is { } next)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static work => _ = work.Self.SendAllAsync(work.Next), (Self: this, Next: next), preferLocal: false);
        }
    }

    /// <summary>Sends one timer after another while there are more: the slot is kept instead of requested again.</summary>
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
        lock (gate)
        {
            while (underWay < options.InFlightPerDestination)
            {
                var queue = NextQueue();
                if (queue is null)
                {
                    return null;
                }

                var next = queue.Dequeue();
                if (next.TryStart())
                {
                    underWay++;
                    overdueUnderWay += next.Lane == Lane.Overdue ? 1 : 0;
                    turn++;
                    return next;
                }
            }

            return null;
        }
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
    }
}
