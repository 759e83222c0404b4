using Contracts.Common;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <content>Hands back what would wait too long, at the receiver's measured rate.</content>
internal sealed partial class Destination
{
    /// <summary>How long a receiver must be observed, while timers wait for it, before its rate is estimated.</summary>
    private static readonly TimeSpan MinMeasure = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxMeasure = TimeSpan.FromSeconds(2);

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
}
