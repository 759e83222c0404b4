using Contracts.Timers;

namespace Runner.Timers.Leases;

/// <summary>
/// The lease of a Runner that has peers, by its own monotonic clock: shorter than the store's row by more than clocks can differ.
/// </summary>
internal sealed class StoredLease(TimeProvider time) : IRunnerLease
{
    /// <summary>How long the row lasts after each renewal.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(5);

    /// <summary>How long the Runner may send after it requested the last acknowledged renewal.</summary>
    public static readonly TimeSpan SendTerm = TimeSpan.FromSeconds(4);

    private volatile Held held = new(Guid.CreateVersion7(), RenewedAt: null);

    public Guid Runner => held.Runner;

    public bool CanLapse => true;

    public bool MaySend(Guid runner)
    {
        var now = held;
        return runner == now.Runner && now.RenewedAt is { } renewed && time.GetElapsedTime(renewed) < SendTerm;
    }

    /// <summary>The store has acknowledged it.</summary>
    /// <param name="runner">The Runner that holds it.</param>
    /// <param name="askedAt">The timestamp before the request.</param>
    public void Renewed(Guid runner, long askedAt)
    {
        if (held.Runner == runner)
        {
            held = new Held(runner, askedAt);
        }
    }

    /// <summary>The old name is gone for good: its claims are no longer sent.</summary>
    public void TakeNewName() => held = new Held(Guid.CreateVersion7(), RenewedAt: null);

    private sealed record Held(Guid Runner, long? RenewedAt);
}
