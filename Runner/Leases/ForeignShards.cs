using Contracts.Timers;

namespace Runner.Leases;

/// <summary>Draws a shard of another Runner to look after: nobody may have it, or its Runner may be stuck.</summary>
internal sealed class ForeignShards(Peers peers, Random random)
{
    /// <summary>How late the timers of a shard must be that no live lease lists.</summary>
    private static readonly TimeSpan Unlisted = TimeSpan.FromSeconds(2);

    /// <summary>How late they must be in any case.</summary>
    private static readonly TimeSpan Listed = TimeSpan.FromSeconds(10);

    /// <param name="own">This Runner's; null when all are.</param>
    /// <returns>One shard, and how late its timers must be to be claimed; null when there is none.</returns>
    public (int Shard, TimeSpan Lateness)? Draw(IReadOnlyList<int>? own)
    {
        if (own is null || own.Count >= Shard.Count)
        {
            return null;
        }

        var others = Shard.All.Except(own).ToList();
        var shard = others[random.Next(others.Count)];
        return (shard, peers.Shards.Contains(shard) ? Listed : Unlisted);
    }
}
