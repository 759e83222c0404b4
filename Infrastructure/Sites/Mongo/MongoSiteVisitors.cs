using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>Who was on a site on a day, as it is stored: those who are listed, and sketches of those who are not.</summary>
internal sealed class MongoSiteVisitors
{
    /// <summary>Fields of a sketch.</summary>
    public const string Registers = "r";

    private const string Version = "v";

    private readonly byte[] site;
    private readonly int maxExact;
    private readonly Dictionary<VisitorBucket, HashSet<long>> listed = [];
    private readonly Dictionary<VisitorBucket, (HyperLogLog Sketch, int Version)> sketches = [];

    private MongoSiteVisitors(byte[] site, int maxExact) => (this.site, this.maxExact) = (site, maxExact);

    /// <param name="rows">The database.</param>
    /// <param name="site">The site's key.</param>
    /// <param name="day">The day's number.</param>
    /// <param name="maxExact">How many visitors of a day or hour are listed at most.</param>
    public static async Task<MongoSiteVisitors> ReadAsync(MongoRows rows, byte[] site, long day, int maxExact)
    {
        var found = new MongoSiteVisitors(site, maxExact);
        foreach (var kind in Enum.GetValues<VisitorKind>())
        {
            await found.ReadAsync(rows, SiteSpan.Day, kind, day, day + 1);
            await found.ReadAsync(rows, SiteSpan.Hour, kind, day * 24, (day + 1) * 24);
        }

        return found;
    }

    private async Task ReadAsync(MongoRows rows, SiteSpan span, VisitorKind kind, long from, long end)
    {
        foreach (var row in await rows.FindAsync(
            MongoSiteSchema.Sketches, MongoSiteKeys.BucketsBetween(site, span, kind, from, end, areSketches: true)))
        {
            sketches[MongoSiteKeys.BucketOfVisitor(row["_id"])] =
                (HyperLogLog.FromBytes(row[Registers].AsBsonBinaryData.Bytes), row[Version].AsInt32);
        }

        foreach (var row in await rows.FindAsync(
            MongoSiteSchema.Visitors, MongoSiteKeys.BucketsBetween(site, span, kind, from, end, areSketches: false)))
        {
            var bucket = MongoSiteKeys.BucketOfVisitor(row["_id"]);
            if (!listed.TryGetValue(bucket, out var set))
            {
                listed[bucket] = set = [];
            }

            set.Add(MongoSiteKeys.VisitorOf(row["_id"]));
        }
    }

    /// <summary>Whether they are at least those of events that count, and at most those of all events.</summary>
    public bool IsRight(DaySums applied, DaySums all) => Buckets(all).All(bucket => IsRight(bucket, Of(applied, bucket), Of(all, bucket)));

    /// <returns>False if it has changed since.</returns>
    public async Task<bool> RepairAsync(MongoRows rows, DaySums applied, DaySums all)
    {
        var done = true;
        foreach (var bucket in Buckets(all))
        {
            var (least, most) = (Of(applied, bucket), Of(all, bucket));
            if (IsRight(bucket, least, most))
            {
                continue;
            }

            var known = listed.GetValueOrDefault(bucket, []);
            await DeleteAsync(rows, bucket, known.Where(visitor => !most.Contains(visitor)));
            var isSketched = sketches.TryGetValue(bucket, out var sketch);
            if (isSketched && most.Count > maxExact)
            {
                done &= await TryWriteAsync(rows, bucket, DayDifference.SketchOf(most), sketch.Version);
                continue;
            }

            await MongoSiteBatch.InsertVisitorsAsync(
                rows, most.Where(visitor => !known.Contains(visitor)).Select(visitor => MongoSiteKeys.Visitor(site, bucket, visitor)));
            if (isSketched)
            {
                // Few enough are left to be counted exactly: they are listed by now.
                await rows.DeleteAsync(
                    MongoSiteSchema.Sketches,
                    new BsonDocument { { "_id", MongoSiteKeys.Sketch(site, bucket) }, { Version, sketch.Version } });
            }
        }

        return done;
    }

    /// <summary>Makes sketches of the buckets with more visitors than are counted exactly.</summary>
    public async Task FoldAsync(MongoRows rows)
    {
        foreach (var (bucket, visitors) in listed)
        {
            var isSketched = sketches.TryGetValue(bucket, out var before);
            if (!isSketched && visitors.Count <= maxExact)
            {
                continue;
            }

            var sketch = DayDifference.SketchOf(visitors);
            if (isSketched)
            {
                sketch.Merge(before.Sketch);
            }

            // First the sketch, then those who are in it, one by one: others may have come since.
            if (await TryWriteAsync(rows, bucket, sketch, isSketched ? before.Version : null))
            {
                await DeleteAsync(rows, bucket, visitors);
            }
        }
    }

    private static HashSet<long> Of(DaySums sums, VisitorBucket bucket) => sums.Visitors.GetValueOrDefault(bucket, []);

    private List<VisitorBucket> Buckets(DaySums all) => [.. listed.Keys.Union(sketches.Keys).Union(all.Visitors.Keys)];

    private bool IsRight(VisitorBucket bucket, HashSet<long> least, HashSet<long> most)
    {
        var known = listed.GetValueOrDefault(bucket, []);
        if (!sketches.TryGetValue(bucket, out var stored))
        {
            return known.IsSupersetOf(least) && known.IsSubsetOf(most);
        }

        var both = DayDifference.SketchOf(known);
        both.Merge(stored.Sketch);
        var (low, high) = (DayDifference.SketchOf(least), DayDifference.SketchOf(most));
        for (var i = 0; i < HyperLogLog.Registers; i++)
        {
            if (both.Bytes[i] < low.Bytes[i] || both.Bytes[i] > high.Bytes[i])
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> TryWriteAsync(MongoRows rows, VisitorBucket bucket, HyperLogLog sketch, int? version)
    {
        var guard = new BsonDocument
        {
            { "_id", MongoSiteKeys.Sketch(site, bucket) },
            { Version, version is { } known ? known : new BsonDocument("$exists", false) },
        };
        var fields = new BsonDocument { { Version, (version ?? 0) + 1 }, { Registers, new BsonBinaryData(sketch.Bytes.ToArray()) } };
        return await rows.UpdateAsync(
            MongoSiteSchema.Sketches,
            new UpdateOneModel<BsonDocument>(guard, new BsonDocument("$set", fields)) { IsUpsert = version is null }) == 1;
    }

    private async Task DeleteAsync(MongoRows rows, VisitorBucket bucket, IEnumerable<long> visitors)
    {
        foreach (var some in visitors.Chunk(1_000))
        {
            var ids = new BsonArray(some.Select(visitor => MongoSiteKeys.Visitor(site, bucket, visitor)));
            await rows.DeleteAsync(MongoSiteSchema.Visitors, new BsonDocument("_id", new BsonDocument("$in", ids)));
        }
    }
}
