using Contracts.Common;

namespace Infrastructure.Sites.Common;

/// <summary>Compares the stored sums of a day with those of its raw events.</summary>
internal static class DayDifference
{
    /// <returns>What is different, a part of a sentence; null for nothing.</returns>
    public static string? Find(
        DaySums stored, DaySums right, IReadOnlyDictionary<VisitorBucket, HyperLogLog> sketches)
    {
        if (stored.Total != right.Total)
        {
            return $"is stored with {stored.Total}, and its raw events are {right.Total}";
        }

        if (!Same(stored.Minutes, right.Minutes))
        {
            return "has other counts by minute than its raw events";
        }

        if (!Same(stored.Types, right.Types))
        {
            return "has other counts by type than its raw events";
        }

        if (!Same(stored.Paths, right.Paths))
        {
            return "has other counts by path than its raw events";
        }

        return stored.Visitors.Keys.Concat(right.Visitors.Keys).Concat(sketches.Keys).Distinct().All(SameVisitors) ? null
            : "has other visitors than its raw events";

        bool SameVisitors(VisitorBucket bucket)
        {
            var (rows, raw) = (stored.Visitors.GetValueOrDefault(bucket, []), right.Visitors.GetValueOrDefault(bucket, []));
            if (!sketches.TryGetValue(bucket, out var sketch))
            {
                return rows.SetEquals(raw);
            }

            var both = SketchOf(rows);
            both.Merge(sketch);
            return both.Bytes.SequenceEqual(SketchOf(raw).Bytes);
        }
    }

    public static HyperLogLog SketchOf(IEnumerable<long> visitors)
    {
        var sketch = new HyperLogLog();
        foreach (var visitor in visitors)
        {
            sketch.Add(visitor);
        }

        return sketch;
    }

    private static bool Same<TKey, TValue>(Dictionary<TKey, TValue> a, Dictionary<TKey, TValue> b)
        where TKey : notnull
        where TValue : struct =>
        a.Keys.Concat(b.Keys).All(key => a.GetValueOrDefault(key).Equals(b.GetValueOrDefault(key)));
}
