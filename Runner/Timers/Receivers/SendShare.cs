using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>The slots of one address; changed under the lock of their <see cref="SendBudget"/>.</summary>
/// <remarks>
/// How many requests may wait for a slow receiver is learnt as TCP learns its window (RFC 5681, "slow start"): round by round, one being
/// as many late answers as may be awaited. Half more after a round in which answers came one by one; half as many when they come together.
/// </remarks>
internal sealed class SendShare(IPEndPoint address)
{
    private int maxAwaited = SendBudget.MaxExposed;
    private int awaited;
    private int answers;
    private int peak;
    private bool isUsed;

    public IPEndPoint Address => address;

    internal int Members { get; set; }

    internal int Used { get; set; }

    /// <summary>Slots that are exposed.</summary>
    internal int Exposed { get; set; }

    /// <summary>How long its exchanges have taken lately.</summary>
    internal TimeSpan Average { get; set; }

    /// <summary>Whether one more may be under way, if all may be answered at once.</summary>
    internal bool MayAwait => awaited == 0 || Exposed + awaited < maxAwaited;

    /// <summary>A slow receiver may answer the request of this slot at any moment.</summary>
    internal void Await(SendSlot slot)
    {
        slot.IsAwaited = true;
        awaited++;
    }

    /// <summary>It has answered, or it hangs.</summary>
    internal void AwaitNoLonger(SendSlot slot)
    {
        if (slot.IsAwaited)
        {
            slot.IsAwaited = false;
            awaited--;
        }
    }

    /// <summary>A late answer has come, and its slot is exposed.</summary>
    /// <param name="limit">Maximum number of slots.</param>
    internal void AnsweredLate(int limit)
    {
        peak = Math.Max(peak, Exposed);
        isUsed |= Exposed + awaited >= maxAwaited / 2;
        if (Exposed == SendBudget.MaxExposed + 1)
        {
            maxAwaited = Math.Max(SendBudget.MaxExposed, maxAwaited / 2);
            Begin();
        }
        else if (++answers >= maxAwaited)
        {
            // What is not made use of is not tried, and shows nothing.
            if (isUsed && peak <= SendBudget.MaxExposed / 2)
            {
                maxAwaited = Math.Min(Math.Max(limit, SendBudget.MaxExposed), maxAwaited + (maxAwaited / 2));
            }

            Begin();
        }
    }

    private void Begin() => (answers, peak, isUsed) = (0, 0, false);
}
