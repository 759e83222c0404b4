using System.Net;

namespace Runner.Timers.Receivers;

/// <summary>
/// Bounds the requests under way over all receivers and to one address, and how many webhooks a kill of this process would repeat.
/// </summary>
/// <remarks>
/// <para>
/// An address may take a further slot while it has fewer than are free: the dynamic threshold of A. Choudhury and E. Hahne ("Dynamic
/// queue length thresholds for shared-memory packet switches", 1998) with a factor of one. Receivers that hang, however many, thus
/// leave slots for those that do not.
/// </para>
/// <para>
/// A webhook that was answered, or may be at any moment, is exposed until its outcome is kept: the next start would send it again. At
/// most <see cref="MaxExposed"/> are, and fewer while that takes long. A request that is not answered soon is not counted until it is: a
/// slow receiver holds up nobody, and repeating what it has not answered is what "at least once" means.
/// </para>
/// <para>
/// What looks slow may be a machine that pauses, and then answers come all at once. An address thus begins with <see cref="MaxExposed"/>
/// requests that it may answer at any moment, gets more while late answers come one by one, and loses half when as many as that come
/// together (<see cref="SendShare"/>). A request that has waited for <see cref="SendSweep.HangingRequest"/> counts no longer:
/// its receiver hangs, and others at the address must not wait for it.
/// </para>
/// </remarks>
internal sealed class SendBudget : IDisposable
{
    /// <summary>Maximum number of webhooks exposed at once.</summary>
    public const int MaxExposed = 64;

    /// <summary>Maximum number while that takes long: enough to keep two cores and a disk that syncs slowly at work.</summary>
    public const int MinExposed = 24;

    /// <summary>Settled webhooks between two adjustments.</summary>
    private const int AdjustEvery = 32;

    /// <summary>How long a webhook should be exposed, on average.</summary>
    private static readonly TimeSpan TargetExposure = TimeSpan.FromMilliseconds(2.5);

    /// <summary>An address that takes longer on average is slow: requests to it are not about to be answered.</summary>
    private static readonly TimeSpan SlowAverage = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, SendShare> shares = [];
    private readonly LinkedList<(SendShare Share, Action Retry)> waiting = [];
    private readonly int total;
    private readonly int perAddress;
    private readonly int minExposed;
    private readonly TimeProvider time;
    private readonly SendSweep sweep;
    private int used;
    private int exposed;
    private double window = MaxExposed;
    private TimeSpan averageExposure;
    private int settled;

    /// <param name="total">Maximum number of requests under way.</param>
    /// <param name="perAddress">Maximum number under way to one address and port.</param>
    /// <param name="time">Tells how long requests take.</param>
    /// <param name="minExposed">How many may be exposed at least, however long that takes; up to <see cref="MaxExposed"/>.</param>
    public SendBudget(int total, int perAddress, TimeProvider time, int minExposed = MinExposed)
    {
        this.total = total;
        this.perAddress = perAddress;
        this.minExposed = minExposed;
        this.time = time;
        sweep = new SendSweep(time, Sweep);
    }

    /// <summary>Webhooks that a kill would repeat, apart from those that slow receivers have not answered.</summary>
    public int Exposed => Volatile.Read(ref exposed);

    /// <summary>Whether requests wait for outcomes to be kept; those that wait for their receiver alone do not count.</summary>
    public bool IsShort
    {
        get
        {
            lock (gate)
            {
                return waiting.Count > 0 && exposed >= (int)window;
            }
        }
    }

    /// <summary>Joins the receivers at an address. Each call needs a <see cref="Leave"/>.</summary>
    public SendShare Join(IPEndPoint address)
    {
        lock (gate)
        {
            if (!shares.TryGetValue(address, out var share))
            {
                shares[address] = share = new SendShare(address);
            }

            share.Members++;
            return share;
        }
    }

    /// <summary>A receiver is gone, or has moved.</summary>
    public void Leave(SendShare share)
    {
        lock (gate)
        {
            share.Members--;
            Forget(share);
        }
    }

    /// <summary>Takes a slot for one request.</summary>
    /// <param name="share">Of the address that it goes to.</param>
    /// <param name="retry">Called once, when a slot has become free, if this returns null. Called without locks.</param>
    public SendSlot? TryTake(SendShare share, Action retry)
    {
        lock (gate)
        {
            if (!MayTake(share))
            {
                waiting.AddLast((share, retry));
                sweep.Later();
                return null;
            }

            return Take(share);
        }
    }

    /// <summary>Ends a request whose outcome is kept already, and takes a slot for the next one to the same address.</summary>
    /// <param name="slot">The slot of the request that has ended.</param>
    /// <param name="own">What the caller itself waits with, if it does (<see cref="TryTake"/>); null otherwise.</param>
    /// <returns>Null, and nothing has changed, if others wait for a slot, at any address, or there are fewer than before.</returns>
    public SendSlot? TryRenew(SendSlot slot, Action? own)
    {
        lock (gate)
        {
            var isFirst = waiting.Count == 0 || (waiting.Count == 1 && own is not null && waiting.First!.Value.Retry == own);
            if (!slot.IsKept || !isFirst || exposed > (int)window)
            {
                return null;
            }

            EndOne(slot);
            return Take(slot.Share);
        }
    }

    /// <summary>Whether somebody else than the caller waits for a slot at an address.</summary>
    public bool IsWaitedFor(SendShare share, Action? own)
    {
        lock (gate)
        {
            foreach (var (at, retry) in waiting)
            {
                if (at == share && retry != own)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <inheritdoc />
    public void Dispose() => sweep.Dispose();

    private SendSlot Take(SendShare share)
    {
        share.Used++;
        used++;
        var slot = new SendSlot(this, share, time.GetTimestamp());
        if (share.Average < SlowAverage)
        {
            Expose(slot);
            sweep.AddYoung(slot);
        }
        else
        {
            Await(slot);
        }

        return slot;
    }

    internal void End(SendSlot slot)
    {
        lock (gate)
        {
            EndOne(slot);
            Forget(slot.Share);
        }

        Offer();
    }

    private void EndOne(SendSlot slot)
    {
        var share = slot.Share;
        slot.HasEnded = true;
        share.Used--;
        used--;
        share.Average += (time.GetElapsedTime(slot.Since) - share.Average) / 8;
        share.AwaitNoLonger(slot);
        if (slot.IsKept)
        {
            Settle(slot);
        }
        else if (!slot.IsSettled && !slot.IsExposed)
        {
            // Answered late: from here on it is exposed like any other.
            Expose(slot);
            share.AnsweredLate(perAddress);
        }

        sweep.DropEnded();
    }

    /// <summary>Outcomes that were written together are settled together: those who wait are offered all of their slots at once.</summary>
    public static void SettleAll(IReadOnlyList<SendSlot> slots)
    {
        if (slots.Count > 0)
        {
            slots[0].Budget.Settle(slots);
        }
    }

    internal void Settle(IReadOnlyList<SendSlot> slots)
    {
        lock (gate)
        {
            foreach (var slot in slots)
            {
                Settle(slot);
            }
        }

        Offer();
    }

    private void Settle(SendSlot slot)
    {
        if (slot.IsSettled)
        {
            return;
        }

        slot.IsSettled = true;
        Cover(slot);
        if (slot.Share.Average < SlowAverage)
        {
            averageExposure += (time.GetElapsedTime(slot.Since) - averageExposure) / AdjustEvery;
            if (++settled % AdjustEvery == 0)
            {
                var factor = Math.Clamp(TargetExposure / averageExposure, 0.8, 1.25);
                window = Math.Clamp(window * factor, minExposed, MaxExposed);
            }
        }
    }

    private void Expose(SendSlot slot)
    {
        if (!slot.IsExposed)
        {
            slot.IsExposed = true;
            slot.Share.Exposed++;
            exposed++;
        }
    }

    private void Cover(SendSlot slot)
    {
        if (slot.IsExposed)
        {
            slot.IsExposed = false;
            slot.Share.Exposed--;
            exposed--;
        }
    }

    private void Await(SendSlot slot)
    {
        slot.Share.Await(slot);
        sweep.AddSlow(slot);
    }

    private bool MayTake(SendShare share) =>
        exposed < (int)window && share.Used < perAddress && share.Used < total - used && share.MayAwait;

    /// <summary>Offers what is free to all that may take it, in the order in which they came.</summary>
    /// <remarks>To all: several slots may be free at once, and nothing that would offer the rest may end for a long time.</remarks>
    private void Offer()
    {
        while (TakeWaiting() is { } retry)
        {
            retry();
        }
    }

    private Action? TakeWaiting()
    {
        lock (gate)
        {
            for (var entry = waiting.First; entry is not null; entry = entry.Next)
            {
                if (MayTake(entry.Value.Share))
                {
                    waiting.Remove(entry);
                    return entry.Value.Retry;
                }
            }

            return null;
        }
    }

    /// <summary>Finds those that turn out to be slow, or to hang, while others wait for them.</summary>
    private void Sweep()
    {
        lock (gate)
        {
            while (sweep.TakeSlow() is { } slot)
            {
                Cover(slot);
                Await(slot);
                slot.Share.Average = SendSweep.SlowRequest;
            }

            while (sweep.TakeHanging() is { } slot)
            {
                slot.Share.AwaitNoLonger(slot);
            }

            if (waiting.Count > 0)
            {
                sweep.Later();
            }
        }

        Offer();
    }

    private void Forget(SendShare share)
    {
        if (share is { Members: 0, Used: 0 })
        {
            shares.Remove(share.Address);
        }
    }
}
