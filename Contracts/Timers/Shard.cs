namespace Contracts.Timers;

/// <summary>Timers are assigned to Runners by shard, so that two Runners seldom compete for a row.</summary>
public static class Shard
{
    /// <summary>Number of shards, and of partitions of the wake-up topic; more Runners than this stand by.</summary>
    public const int Count = 16;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<int> All { get; } = [.. Enumerable.Range(0, Count)];

    /// <summary>The shard of a timer, 0 to <see cref="Count"/> - 1; the same in every release (FNV-1a over the 16 bytes, folded).</summary>
    public static int Of(Guid timer)
    {
        Span<byte> bytes = stackalloc byte[16];
        timer.TryWriteBytes(bytes, bigEndian: true, out _);
        var hash = 2166136261u;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 16777619;
        }

        return (int)((hash ^ (hash >> 16)) % Count);
    }
}
