using Contracts.Timers;

namespace Runner.Timers.Leases;

/// <summary>What this Runner knows about the others, and about its contact with the store; refreshed with every renewal.</summary>
internal sealed class Peers(TimeProvider time)
{
    private volatile IReadOnlySet<int> shards = new HashSet<int>();
    private long contactSince = -1;

    /// <summary>Shards that a live lease lists.</summary>
    public IReadOnlySet<int> Shards => shards;

    /// <summary>How long the store has responded without interruption.</summary>
    public TimeSpan Contact => Interlocked.Read(ref contactSince) is >= 0 and var since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>The store has answered with all of the leases.</summary>
    public void Seen(IReadOnlyList<RunnerLeaseRow> leases, DateTimeOffset now)
    {
        shards = leases.Where(lease => lease.Until > now).SelectMany(lease => lease.Shards).ToHashSet();
        Interlocked.CompareExchange(ref contactSince, time.GetTimestamp(), -1);
    }

    /// <summary>The store has not answered.</summary>
    public void LostContact() => Interlocked.Exchange(ref contactSince, -1);
}
