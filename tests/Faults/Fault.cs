namespace Tests.Faults;

/// <summary>Something that a test broke, and from when to when.</summary>
/// <param name="Name">For messages.</param>
/// <param name="From">When it began.</param>
/// <param name="Until">When all was whole again.</param>
/// <param name="Repeats">Whether what was under way at that time may be sent again: only what ends between sending and recording may.</param>
public sealed record Fault(string Name, DateTimeOffset From, DateTimeOffset Until, bool Repeats = true)
{
    /// <summary>How long before the fault an arrival's outcome may still have been unwritten.</summary>
    private static readonly TimeSpan Unwritten = TimeSpan.FromSeconds(1);

    /// <summary>How long after it what had been sent may still be on its way into a busy receiver's journal.</summary>
    private static readonly TimeSpan Unread = TimeSpan.FromSeconds(1);

    /// <summary>Whether what arrived then may come again.</summary>
    public bool Excuses(DateTimeOffset arrivedAt) => Repeats && arrivedAt >= From - Unwritten && arrivedAt <= Until + Unread;

    /// <summary>How much of the time between two instants it took.</summary>
    public TimeSpan Within(DateTimeOffset from, DateTimeOffset until)
    {
        var start = from > From ? from : From;
        var end = until < Until ? until : Until;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
