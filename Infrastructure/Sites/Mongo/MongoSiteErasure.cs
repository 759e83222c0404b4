using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// Erases visitors, day by day of those when they were there. What is left is their hash with the position of the erasure, so that
/// earlier messages, when they come again, do not bring anything back, and the ids of the events.
/// </summary>
internal static class MongoSiteErasure
{
    private const int MaxKeys = 1_000;

    public static async Task<bool> EraseAsync(MongoRows rows, Received<VisitorErased> received, int maxExact)
    {
        var (message, source) = (received.Message, received.Source);
        var site = MongoSiteKeys.Site(received.Tenant, message.Site);
        var visitor = message.User is { } user ? VisitorHash.OfUser(user) : message.Visitor!.Value;
        var id = MongoSiteKeys.Erasure(site, visitor);
        if ((await FindAsync(rows, [(site, visitor)])).GetValueOrDefault(id) is { IsDone: true } before && !before.Precedes(source))
        {
            return false;
        }

        // First, so that an erasure that is interrupted goes on when its message comes again: nothing later is stored until then.
        var erasure = MongoErasure.Begin(source, message.Stamp);
        await rows.UpdateAsync(
            MongoSiteSchema.Erased,
            new UpdateOneModel<BsonDocument>(new BsonDocument("_id", id), new BsonDocument("$set", erasure.Write())) { IsUpsert = true });
        foreach (var day in await FindDaysAsync(rows, site, visitor))
        {
            await RetireAsync(rows, site, visitor, message.User, day, erasure);
            await MongoSiteDay.CompareAsync(rows, site, day, repair: true, isExpected: true, maxExact);
        }

        await rows.UpdateAsync(
            MongoSiteSchema.Erased,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument(MongoErasure.Done, true))));
        return true;
    }

    /// <summary>The erasures of some visitors, by key.</summary>
    public static async Task<IReadOnlyDictionary<BsonValue, MongoErasure>> FindAsync(
        MongoRows rows, IEnumerable<(byte[] Site, long? Visitor)> visitors)
    {
        var found = new Dictionary<BsonValue, MongoErasure>();
        var ids = visitors.Where(each => each.Visitor is not null)
            .Select(each => MongoSiteKeys.Erasure(each.Site, each.Visitor!.Value)).Distinct();
        foreach (var some in ids.Chunk(MaxKeys))
        {
            foreach (var row in await rows.FindAsync(
                MongoSiteSchema.Erased, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)))))
            {
                found[row["_id"]] = MongoErasure.Read(row);
            }
        }

        return found;
    }

    /// <summary>All days of a site that have events.</summary>
    public static async Task<List<long>> ReadDaysAsync(MongoRows rows, byte[] site)
    {
        var days = new SortedSet<long>();
        foreach (var month in await rows.FindAsync(
            MongoSiteSchema.Sums, MongoSiteKeys.SumsBetween(site, MongoSumKind.Month, int.MinValue, int.MaxValue)))
        {
            for (var day = 1; day <= 31; day++)
            {
                if (month.Contains($"e{day}") || month.Contains($"b{day}"))
                {
                    days.Add(MongoSiteSums.DayOf(MongoSiteKeys.BucketOf(month["_id"]), day));
                }
            }
        }

        return [.. days];
    }

    /// <summary>The days when the visitor was there, or may have been: a sketch does not say who.</summary>
    private static async Task<IEnumerable<long>> FindDaysAsync(MongoRows rows, byte[] site, long visitor)
    {
        var days = new SortedSet<long>();
        var kinds = Enum.GetValues<VisitorKind>();
        foreach (var some in (await ReadDaysAsync(rows, site)).Chunk(MaxKeys / kinds.Length))
        {
            var buckets = some.SelectMany(day => kinds.Select(kind => new VisitorBucket(SiteSpan.Day, kind, day))).ToList();
            var listed = new BsonArray(buckets.Select(bucket => MongoSiteKeys.Visitor(site, bucket, visitor)));
            var sketched = new BsonArray(buckets.Select(bucket => MongoSiteKeys.Sketch(site, bucket)));
            foreach (var row in (await rows.FindAsync(MongoSiteSchema.Visitors, In(listed)))
                .Concat(await rows.FindAsync(MongoSiteSchema.Sketches, In(sketched), new MongoFind(new BsonDocument("_id", 1)))))
            {
                days.Add(MongoSiteKeys.BucketOfVisitor(row["_id"]).Number);
            }
        }

        return days;

        static BsonDocument In(BsonArray ids) => new("_id", new BsonDocument("$in", ids));
    }

    private static async Task RetireAsync(MongoRows rows, byte[] site, long visitor, string? user, long day, MongoErasure erasure)
    {
        var who = user is not null ? new BsonElement("u", user) : new BsonElement("v", visitor);
        var filter = MongoSiteKeys.EventsBetween(site, day * TimeSpan.TicksPerDay, (day + 1) * TimeSpan.TicksPerDay).Add(who);
        using var cursor = await rows.OpenAsync(MongoSiteSchema.Events, filter, default, BsonDocumentSerializer.Instance);
        while (await cursor.MoveNextAsync())
        {
            List<UpdateOneModel<BsonDocument>> updates =
                [.. cursor.Current.Where(row => erasure.CoversStored(MongoSiteEvent.SourceOf(row).Position))
                    .Select(row => new UpdateOneModel<BsonDocument>(
                        new BsonDocument("_id", row["_id"]), MongoSiteEvent.Retire(row)))];
            if (updates.Count > 0)
            {
                await rows.UpdateAsync(MongoSiteSchema.Events, updates);
            }
        }
    }
}
