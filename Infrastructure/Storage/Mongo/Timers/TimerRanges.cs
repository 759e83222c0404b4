using System.Runtime.InteropServices;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>A row that a range of the index gave.</summary>
/// <param name="Key">Of the timer.</param>
/// <param name="NextAt">Milliseconds.</param>
/// <param name="Size">Bytes of its spec.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RangedTimer(Guid Key, long NextAt, int Size);

/// <summary>Reads several ranges (state, shard) of the index as one, in order of <c>nextAt</c>.</summary>
/// <remarks>
/// One plain range a query, which every planner answers from the index. Each is asked for its share of the limit and a little more first; only where
/// that falls short, since timers lie unevenly, is it asked again: a backlog is not read sixteen times over.
/// </remarks>
internal sealed class TimerRanges(MongoSession session, IReadOnlyList<(int State, int Shard)> ranges)
{
    private const int Spare = 16;

    /// <param name="after">Milliseconds; only what lies later.</param>
    /// <param name="until">Milliseconds; only what lies no later.</param>
    /// <param name="limit">Largest number.</param>
    public List<RangedTimer> Find(long after, long until, int limit)
    {
        var share = (int)Math.Min(limit, (5L * limit / 4 / ranges.Count) + Spare);
        var found = ranges.Select(range => Find(range, after, until, share)).ToList();
        if (share < limit)
        {
            // What lies beyond the end of a range that was cut short may not be in order.
            var sure = found.Where(rows => rows.Count == share).Select(rows => rows[^1].NextAt).DefaultIfEmpty(long.MaxValue).Min();
            if (found.Sum(rows => rows.Count(row => row.NextAt <= sure)) < limit && sure < long.MaxValue)
            {
                for (var i = 0; i < found.Count; i++)
                {
                    found[i] = found[i].Count == share ? Find(ranges[i], after, until, limit) : found[i];
                }
            }
        }

        return [.. found.SelectMany(rows => rows).OrderBy(row => row.NextAt).Take(limit)];
    }

    /// <summary>How many there are, counted up to the limit.</summary>
    public int Count(long after, long until, int limit)
    {
        var count = 0;
        foreach (var range in ranges)
        {
            using var command = new BsonWriter().String("count"u8, MongoTimerSchema.Timers).Document("query"u8);
            WriteRange(command, range, after, until);
            session.Read(command.End().Int32("limit"u8, limit - count), reply =>
            {
                count += reply.Find("n"u8).AsInt32();
                return true;
            });
            if (count >= limit)
            {
                return limit;
            }
        }

        return count;
    }

    private List<RangedTimer> Find((int State, int Shard) range, long after, long until, int limit)
    {
        using var filter = new BsonWriter();
        WriteRange(filter, range, after, until);
        using var options = new BsonWriter()
            .Document("sort"u8).Int32("nextAt"u8, 1).End()
            .Document("projection"u8).Int32("nextAt"u8, 1).Int32("size"u8, 1).End()
            .Int32("limit"u8, limit)
            .Int32("batchSize"u8, limit + 1);
        var rows = new List<RangedTimer>();
        session.Find(MongoTimerSchema.Timers, filter, options, row =>
        {
            rows.Add(new RangedTimer(row.Find("_id"u8).AsUuid(), row.Find("nextAt"u8).AsInt64(), row.Find("size"u8).AsInt32()));
            return true;
        });
        return rows;
    }

    private static void WriteRange(BsonWriter filter, (int State, int Shard) range, long after, long until) =>
        filter.Int32("state"u8, range.State).Int32("shard"u8, range.Shard)
            .Document("nextAt"u8).Int64("$gt"u8, after).Int64("$lte"u8, until).End();
}
