namespace Runner.Timers.Receivers;

/// <summary>One request: under way until it ends, exposed until it is settled. Changed under the lock of its budget.</summary>
internal sealed class SendSlot(SendBudget budget, SendShare share, long since)
{
    internal SendBudget Budget => budget;

    internal SendShare Share => share;

    internal long Since => since;

    internal bool HasEnded { get; set; }

    internal bool IsSettled { get; set; }

    /// <summary>Its outcome outlives the process already; it is settled when it ends.</summary>
    public bool IsKept { get; set; }

    internal bool IsExposed { get; set; }

    /// <summary>Under way to a slow receiver, which may answer at any moment.</summary>
    internal bool IsAwaited { get; set; }

    /// <summary>The exchange has ended, or nothing was sent.</summary>
    public void End() => budget.End(this);

    /// <summary>Its outcome is on disk, or it goes back unsent.</summary>
    public void Settle() => budget.Settle([this]);
}
