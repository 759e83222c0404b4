using Contracts.Timers;

namespace Runner.Timers.Leases;

/// <summary>Picks shards of other Runners to check: nobody may have them, or their Runner may be stuck.</summary>
internal sealed class ForeignShards(Peers peers, Random random)
{
    /// <summary>How late timers must be in a shard that no live lease lists.</summary>
    private static readonly TimeSpan Unlisted = TimeSpan.FromSeconds(2);

    /// <summary>How late timers must be in a shard that a live lease lists.</summary>
    private static readonly TimeSpan Listed = TimeSpan.FromSeconds(10);

    /// <param name="own">This Runner's shards; null if it owns all.</param>
    /// <returns>
    /// A shard that a lease lists, or all unlisted ones, and how late their timers must be to be claimed; null if there are none.
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

        // With Kafka down and Runners restarted, all shards may be unlisted: checking them one by one would take seconds.
        return listed.Contains(shard) ? ([shard], Listed) : (others.FindAll(other => !listed.Contains(other)), Unlisted);
    }
}
