using Contracts.Timers;

namespace Runner.Timers.Leases;

/// <summary>Draws shards that are not this Runner's to look after: nobody may have them, or their Runner may be stuck.</summary>
internal sealed class ForeignShards(Peers peers, Random random)
{
    /// <summary>How late the timers of a shard must be that no live lease lists.</summary>
    private static readonly TimeSpan Unlisted = TimeSpan.FromSeconds(2);

    /// <summary>How late they must be in any case.</summary>
    private static readonly TimeSpan Listed = TimeSpan.FromSeconds(10);

    /// <param name="own">This Runner's; null when all are.</param>
    /// <returns>
    /// A shard that a lease lists, or all that none does, and how late their timers must be to be claimed; null when there is none.
    /// </returns>
    public (IReadOnlyList<int> Shards, TimeSpan Lateness)? Draw(IReadOnlyList<int>? own)
    {
        if (own is null || own.Count >= Shard.Count)
        {
            return null;
        }

        var others = Shard.All.Except(own).ToList();
        var listed = peers.Shards;
        var shard = others[random.Next(others.Count)];

        // With Kafka down and Runners started anew it may be all of them that nobody has: one by one would take seconds.
        return listed.Contains(shard) ? ([shard], Listed) : (others.FindAll(other => !listed.Contains(other)), Unlisted);
    }
}
