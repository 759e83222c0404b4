namespace Runner.Timers.Delivery;

/// <summary>A page that was added, and how many of its outcomes the store has yet to take.</summary>
internal sealed class OutcomePage(Guid runner, long number, int count)
{
    private int left = count;

    public Guid Runner => runner;

    public long Number => number;

    /// <summary>The store has taken one of them.</summary>
    /// <returns>Whether that was the last.</returns>
    public bool Release() => Interlocked.Decrement(ref left) == 0;
}
