using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>Deletes whole days of a site: raw events, of which the claims stay, and then the sums.</summary>
internal static class MongoSitePurge
{
    private static readonly BsonDocument OnlyPlace = new(MongoSiteEvent.Place, 1);

    /// <returns>How many events were deleted; the limit if there may be more.</returns>
    public static async Task<int> RunAsync(MongoRows rows, byte[] site, long before, int limit)
    {
        var old = await rows.FindAsync(
            MongoSiteSchema.Events, MongoSiteKeys.EventsBetween(site, long.MinValue, before),
            new MongoFind(OnlyPlace, OnlyPlace, limit));
        if (old.Count > 0)
        {
            await rows.UpdateAsync(
                MongoSiteSchema.Events,
                [.. old.Select(row => new UpdateOneModel<BsonDocument>(
                    new BsonDocument("_id", row["_id"]), MongoSiteEvent.Retire(row)))]);
        }

        if (old.Count < limit)
        {
            await DeleteSumsAsync(rows, site, SiteTime.NumberOf(SiteSpan.Day, before));
        }

        return old.Count;
    }

    /// <summary>Forgets the ids of events from before an instant.</summary>
    /// <returns>How many; the limit if there may be more.</returns>
    public static async Task<int> ForgetAsync(MongoRows rows, long before, int limit)
    {
        var old = await rows.FindAsync(
            MongoSiteSchema.Events, new BsonDocument(MongoSiteEvent.Retired, new BsonDocument("$lt", before)),
            new MongoFind(new BsonDocument("_id", 1), Limit: limit));
        if (old.Count > 0)
        {
            await rows.DeleteAsync(
                MongoSiteSchema.Events, new BsonDocument("_id", new BsonDocument("$in", new BsonArray(old.Select(row => row["_id"])))));
        }

        return old.Count;
    }

    private static async Task DeleteSumsAsync(MongoRows rows, byte[] site, long day)
    {
        var (month, dayOfMonth) = MongoSiteSums.MonthOf(day);
        await rows.DeleteAsync(MongoSiteSchema.Sums, MongoSiteKeys.SumsBetween(site, MongoSumKind.Hour, int.MinValue, (int)day * 24));
        foreach (var kind in new[] { MongoSumKind.Month, MongoSumKind.Type, MongoSumKind.Path })
        {
            await rows.DeleteAsync(MongoSiteSchema.Sums, MongoSiteKeys.SumsBetween(site, kind, int.MinValue, month));
            var fields = Enumerable.Range(1, dayOfMonth - 1)
                .SelectMany(each => new[] { $"e{each}", $"v{each}", $"b{each}", $"n{each}" }).ToList();
            if (fields.Count > 0)
            {
                await rows.UpdateAsync(
                    MongoSiteSchema.Sums,
                    new UpdateManyModel<BsonDocument>(
                        MongoSiteKeys.SumsBetween(site, kind, month, month + 1),
                        new BsonDocument("$unset", new BsonDocument(fields.Select(field => new BsonElement(field, string.Empty))))));
            }
        }

        foreach (var kind in Enum.GetValues<VisitorKind>())
        {
            foreach (var (span, end) in new[] { (SiteSpan.Hour, day * 24), (SiteSpan.Day, day) })
            {
                await rows.DeleteAsync(
                    MongoSiteSchema.Visitors, MongoSiteKeys.BucketsBetween(site, span, kind, int.MinValue, end, areSketches: false));
                await rows.DeleteAsync(
                    MongoSiteSchema.Sketches, MongoSiteKeys.BucketsBetween(site, span, kind, int.MinValue, end, areSketches: true));
            }
        }
    }
}
