namespace Producer.Timers;

/// <summary>An amount of what was created lately, as long as a count of the store may not have it.</summary>
internal sealed class Uncounted
{
    /// <summary>Creates of so long a time are kept as one.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(10);

    private readonly Queue<Some> all = new();
    private Some? newest;

    /// <summary>All of it.</summary>
    public long Sum { get; private set; }

    /// <summary>Adds what was created until now.</summary>
    public void Add(long amount, DateTimeOffset now)
    {
        if (amount == 0)
        {
            return;
        }

        Sum += amount;
        if (newest is null || all.Count == 0 || now - newest.First > Together)
        {
            all.Enqueue(newest = new Some(now));
        }

        newest.Latest = now;
        newest.Amount += amount;
    }

    /// <summary>A count has all that was created until an instant.</summary>
    public void Counted(DateTimeOffset until)
    {
        while (all.TryPeek(out var first) && first.Latest <= until)
        {
            Sum -= all.Dequeue().Amount;
        }
    }

    private sealed class Some(DateTimeOffset first)
    {
        public DateTimeOffset First { get; } = first;

        public DateTimeOffset Latest { get; set; } = first;

        public long Amount { get; set; }
    }
}
