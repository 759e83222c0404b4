using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>The slots of one address; changed under the lock of their <see cref="SendBudget"/>.</summary>
/// <remarks>
/// How many answers may come at once is learnt by additive increase and multiplicative decrease: D. Chiu and R. Jain, "Analysis of the
/// increase and decrease algorithms for congestion avoidance in computer networks", 1989.
/// </remarks>
internal sealed class SendShare(IPEndPoint address)
{
    private int maxAwaited = SendBudget.MaxExposed;
    private int awaited;

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
        if (Exposed == SendBudget.MaxExposed + 1)
        {
            maxAwaited = Math.Max(SendBudget.MaxExposed, maxAwaited / 2);
        }
        else if (Exposed <= SendBudget.MaxExposed / 2 && Exposed + awaited >= maxAwaited / 2 && maxAwaited < limit)
        {
            // Only while it is made use of: else it would grow without being tried.
            maxAwaited++;
        }
    }
}
