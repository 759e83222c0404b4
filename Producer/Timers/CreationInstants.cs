namespace Producer.Timers;

/// <summary>
/// Gives every timer of this process an instant of its own: whoever finds another's instant in the row knows that it lost the key.
/// </summary>
/// <remarks>Two cores do read the same 100 ns from the clock, even if seldom.</remarks>
internal sealed class CreationInstants
{
    /// <summary>Behind the last instant by more than this, the clock was set back, and is followed.</summary>
    private const long MaxStep = TimeSpan.TicksPerMillisecond;

    private long last;

    /// <summary>The same instant, or the next 100 ns that no other timer has.</summary>
    /// <param name="now">What the clock says.</param>
    public DateTimeOffset Take(DateTimeOffset now)
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var next = now.UtcTicks <= before && before - now.UtcTicks < MaxStep ? before + 1 : now.UtcTicks;
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }
}
