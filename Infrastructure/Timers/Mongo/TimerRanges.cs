using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Reads several ranges (state, shard) of the index as one, in order of <c>nextAt</c>.</summary>
/// <remarks>
/// Each range is a plain query, which every planner answers from the index. It first asks for its share of the limit and a little more;
/// only where that falls short, because timers are spread unevenly, is it repeated, so a backlog is not read sixteen times over.
/// </remarks>
internal sealed class TimerRanges(MongoRows rows, IReadOnlyList<(int State, int Shard)> ranges)
{
    private const int Spare = 16;

    private static readonly BsonDocument Sort = new("nextAt", 1);
    private static readonly BsonDocument Fields = new() { { "nextAt", 1 }, { "size", 1 } };

    /// <param name="after">Milliseconds; only rows later than this.</param>
    /// <param name="until">Milliseconds; only rows up to this.</param>
    /// <param name="limit">Maximum number of rows.</param>
    public async Task<List<RangedTimer>> FindAsync(long after, long until, int limit)
    {
        var share = (int)Math.Min(limit, (5L * limit / 4 / ranges.Count) + Spare);
        var found = new List<List<RangedTimer>>(ranges.Count);
        foreach (var range in ranges)
        {
            found.Add(await FindAsync(range, after, until, share));
        }

        if (share < limit)
        {
            // Beyond the end of a range that was cut short, the order is not certain.
            var sure = found.Where(part => part.Count == share).Select(part => part[^1].NextAt).DefaultIfEmpty(long.MaxValue).Min();
            if (found.Sum(part => part.Count(row => row.NextAt <= sure)) < limit && sure < long.MaxValue)
            {
                for (var i = 0; i < found.Count; i++)
                {
                    found[i] = found[i].Count == share ? await FindAsync(ranges[i], after, until, limit) : found[i];
                }
            }
        }

        return [.. found.SelectMany(part => part).OrderBy(row => row.NextAt).Take(limit)];
    }

    /// <summary>How many rows there are, counted up to the limit.</summary>
    public async Task<int> CountAsync(long after, long until, int limit)
    {
        var count = 0;
        foreach (var range in ranges)
        {
            count += (int)await rows.CountAsync(MongoTimerSchema.Timers, Range(range, after, until), limit - count);
            if (count >= limit)
            {
                return limit;
            }
        }

        return count;
    }

    private Task<List<RangedTimer>> FindAsync((int State, int Shard) range, long after, long until, int limit) => rows.FindAsync(
        MongoTimerSchema.Timers,
        Range(range, after, until),
        new MongoFind(Fields, Sort, Limit: limit, BatchSize: limit + 1),
        RangedTimerSerializer.Instance);

    private static BsonDocument Range((int State, int Shard) range, long after, long until) => new()
    {
        { "state", range.State },
        { "shard", range.Shard },
        { "nextAt", new BsonDocument { { "$gt", after }, { "$lte", until } } },
    };
}
