using Tests.Support;

namespace Tests.Faults;

/// <summary>What a fault leaves in doubt: only that may be sent again.</summary>
public enum Doubt
{
    /// <summary>Nothing: whoever sends, and where it writes that down, stayed.</summary>
    Nothing,

    /// <summary>What had been sent and not yet written down when it began: the sender is gone from that moment on.</summary>
    AtItsStart,

    /// <summary>Also what was sent while it lasted: the sender lives on and cannot write anything down.</summary>
    WhileItLasts,
}

/// <summary>Something that a test broke, and from when to when.</summary>
/// <param name="Name">For messages.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When all was whole again.</param>
/// <param name="Doubt">What may be sent again.</param>
public sealed record Fault(string Name, DateTimeOffset From, DateTimeOffset Until, Doubt Doubt = Doubt.AtItsStart)
{
    /// <summary>How long an answered attempt's outcome may be unwritten.</summary>
    private static readonly TimeSpan Unwritten = TimeSpan.FromSeconds(1);

    /// <summary>How long a sender waits for an answer, by default.</summary>
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(15);

    /// <summary>How long what had been sent may be on its way into a busy receiver's journal.</summary>
    private static readonly TimeSpan Unread = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How much later than the evidence's budget all may be that is due until it was over or a little after: groups and leases settle anew.
    /// </summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Whether an arrival was under way, or not yet written down, when this broke it off, and the next one is what was made of that.
    /// </summary>
    /// <param name="before">The first.</param>
    /// <param name="again">The same attempt once more.</param>
    /// <param name="budget">How long it takes, beyond the recovery, until what a sender held is sent by another.</param>
    public bool Excuses(Arrival before, Arrival again, TimeSpan budget)
    {
        var until = Doubt == Doubt.WhileItLasts ? Until : From;
        return Doubt != Doubt.Nothing
            && before.At <= until + Unread && (before.AnsweredAt ?? before.At + Unanswered) >= From - Unwritten
            && again.At >= From && again.At <= Until + Recovery + budget;
    }

    /// <summary>Whether something due and done between two instants may have waited for what came after it.</summary>
    public bool Delays(DateTimeOffset due, DateTimeOffset at) => From <= at && Until + Recovery >= due;

    /// <summary>How much of the time between two instants faults took; what several of them took at once counts once.</summary>
    public static TimeSpan Within(IEnumerable<Fault> faults, DateTimeOffset from, DateTimeOffset until)
    {
        var taken = TimeSpan.Zero;
        foreach (var fault in faults.OrderBy(fault => fault.From))
        {
            var start = from > fault.From ? from : fault.From;
            var end = until < fault.Until ? until : fault.Until;
            taken += end > start ? end - start : TimeSpan.Zero;
            from = end > from ? end : from;
        }

        return taken;
    }
}
