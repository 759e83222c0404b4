using Contracts.Timers;
using Runner.Due;

namespace Runner.Delivery;

/// <summary>One receiver (scheme, host, port): a bounded number of requests under way, two queues behind them in due order.</summary>
/// <remarks>
/// What waits longer than it may, at the receiver's measured rate, goes back to the store: one receiver's trouble takes
/// neither the memory nor the slots of others.
/// </remarks>
internal sealed class Destination(DeliveryOptions options, WebhookSender sender, TimeProvider time)
{
    /// <summary>Every so many sends an overdue one goes first, so that a busy lane of what is on time never starves it.</summary>
    private const int OverdueTurn = 8;

    private readonly Lock gate = new();
    private readonly Queue<ArmedTimer> onTime = new();
    private readonly Queue<ArmedTimer> overdue = new();
    private readonly Dictionary<ArmedTimer, long> underWay = [];
    private int overdueUnderWay;
    private int turn;

    /// <summary>Exponentially weighted, in seconds.</summary>
    private double latency;

    /// <summary>Nothing waits and nothing is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return underWay.Count == 0 && onTime.Count == 0 && overdue.Count == 0;
            }
        }
    }

    /// <summary>Requests under way.</summary>
    public int InFlight
    {
        get
        {
            lock (gate)
            {
                return underWay.Count;
            }
        }
    }

    private int OverdueLimit => Math.Max(1, options.InFlightPerDestination / 2);

    public void Enqueue(ArmedTimer armed)
    {
        lock (gate)
        {
            (armed.Lane == Lane.OnTime ? onTime : overdue).Enqueue(armed);
        }

        StartNext();
    }

    /// <summary>What waits too long, taken out, with the instant at which its turn might come.</summary>
    public void CollectStuck(DateTimeOffset now, List<(ArmedTimer Timer, DateTimeOffset NextAt)> stuck)
    {
        lock (gate)
        {
            var perSlot = ExpectedLatency();
            CollectStuck(onTime, perSlot / options.InFlightPerDestination, now, stuck);
            CollectStuck(overdue, perSlot / OverdueLimit, now, stuck);
        }
    }

    private void CollectStuck(
        Queue<ArmedTimer> queue, double secondsEach, DateTimeOffset now, List<(ArmedTimer Timer, DateTimeOffset NextAt)> stuck)
    {
        var allowed = secondsEach == 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, options.LongestWait.TotalSeconds / secondsEach);
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
                var wait = Math.Clamp(i * secondsEach, options.ShortestReturn.TotalSeconds, options.LongestReturn.TotalSeconds);
                stuck.Add((waiting[i], Instants.CeilingToMilliseconds(now.AddSeconds(wait))));
            }
        }
    }

    /// <summary>How long a request takes here: what was measured, or the age of the oldest one when that is already worse.</summary>
    private double ExpectedLatency()
    {
        var worst = latency;
        foreach (var started in underWay.Values)
        {
            worst = Math.Max(worst, time.GetElapsedTime(started).TotalSeconds);
        }

        return worst;
    }

    private void StartNext()
    {
        if (TakeNext() is { } next)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => _ = work.Self.SendAllAsync(work.Next), (Self: this, Next: next), preferLocal: false);
        }
    }

    /// <summary>Sends one after the other while there are more: a slot is kept, not asked for anew.</summary>
    private async Task SendAllAsync(ArmedTimer first)
    {
        for (var next = first; next is not null; next = TakeNext())
        {
            var started = time.GetTimestamp();
            try
            {
                await sender.SendAsync(next);
            }
            finally
            {
                Ended(next, time.GetElapsedTime(started).TotalSeconds);
            }
        }
    }

    private ArmedTimer? TakeNext()
    {
        lock (gate)
        {
            while (underWay.Count < options.InFlightPerDestination)
            {
                var queue = NextQueue();
                if (queue is null)
                {
                    return null;
                }

                var next = queue.Dequeue();
                if (next.TryStart())
                {
                    underWay.Add(next, time.GetTimestamp());
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

    private void Ended(ArmedTimer armed, double seconds)
    {
        lock (gate)
        {
            underWay.Remove(armed);
            overdueUnderWay -= armed.Lane == Lane.Overdue ? 1 : 0;
            latency = latency == 0 ? seconds : (0.9 * latency) + (0.1 * seconds);
        }
    }
}
