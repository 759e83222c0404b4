using Tests.Support;

namespace Tests.Faults;

/// <summary>What a fault leaves in doubt; only such webhooks may be sent again.</summary>
public enum Doubt
{
    /// <summary>Nothing: the sender, and the place where it records outcomes, stayed up.</summary>
    Nothing,

    /// <summary>Webhooks that were sent but not yet recorded when the fault began: from then on the sender is gone.</summary>
    AtItsStart,

    /// <summary>Also webhooks sent during the fault: the sender lives on, and cannot record anything.</summary>
    WhileItLasts,
}

/// <summary>Something that a test broke, with its beginning and end.</summary>
/// <param name="Name">For messages.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When everything worked again.</param>
/// <param name="Doubt">What may be sent again.</param>
public sealed record Fault(string Name, DateTimeOffset From, DateTimeOffset Until, Doubt Doubt = Doubt.AtItsStart)
{
    /// <summary>
    /// Maximum number of webhooks that were answered before a sender was killed and come again (docs/guides/sizing.md); those that were not
    /// answered are not limited.
    /// </summary>
    public const int MaxAnswered = 64;

    /// <summary>How long the outcome of an answered attempt may stay unrecorded, where the disk is slow.</summary>
    private static readonly TimeSpan Unwritten = TimeSpan.FromSeconds(1);

    /// <summary>How long a sender waits for an answer, by default.</summary>
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(15);

    /// <summary>How long a webhook that was sent may take to reach a busy receiver's journal.</summary>
    private static readonly TimeSpan Unread = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How much later than the evidence's budget timers may be if they are due before the fault ended, or a little after: groups and leases
    /// settle again.
    /// </summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Whether this fault may have interrupted an arrival that was in flight or not yet recorded, so that the next one is its repetition.
    /// </summary>
    /// <remarks>
    /// The last request on a connection from before the fault may have been read late: it was sent before its sender was killed, and lay in
    /// the receiver's socket.
    /// </remarks>
    /// <param name="before">The first arrival.</param>
    /// <param name="again">The same attempt, arriving again.</param>
    /// <param name="budget">How long it may take, on top of the recovery, until another sender sends what the first one held.</param>
    public bool Excuses(Arrival before, Arrival again, TimeSpan budget)
    {
        var until = (Doubt == Doubt.WhileItLasts ? Until : From) + Unread;
        until = before.LastOnConnectionOf <= From && Until > until ? Until : until;
        return Doubt != Doubt.Nothing
            && before.At <= until && (before.AnsweredAt ?? before.At + Unanswered) >= From - Unwritten
            && again.At >= From && again.At <= Until + Recovery + budget;
    }

    /// <summary>Whether the receiver had answered an arrival before this fault killed its sender.</summary>
    public bool CameAfterAnswer(Arrival before) => Doubt == Doubt.AtItsStart && before.AnsweredAt < From;

    /// <summary>
    /// Whether something due at one instant and done at another may have had to wait for this fault or the recovery from it.
    /// </summary>
    public bool Delays(DateTimeOffset due, DateTimeOffset at) => From <= at && Until + Recovery >= due;

    /// <summary>How much of the time between two instants was taken by faults; overlaps count once.</summary>
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
