using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <summary>
/// Deletes a device's old readings. The totals go on counting them: first each of them notes what is going to be deleted and up to which
/// instant, then the rows go, so that an interrupted purge notes nothing twice.
/// </summary>
internal static class MongoDevicePurge
{
    /// <returns>Number of rows deleted; fewer than the limit at the end.</returns>
    public static async Task<int> RunAsync(MongoRows rows, byte[] device, long before, int limit)
    {
        var old = await rows.FindAsync(
            MongoDeviceSchema.Readings, MongoDeviceKeys.ReadingsBetween(device, long.MinValue, before),
            new MongoFind(Sort: new BsonDocument("_id", 1), Limit: limit));
        var to = old.Count < limit ? before : MongoDeviceKeys.AtOf(old[^1]["_id"]) + 1;
        var adjustments = await rows.FindAsync(
            MongoDeviceSchema.Adjustments, MongoDeviceKeys.AdjustmentsBetween(device, long.MinValue, to));
        if (old.Count + adjustments.Count == 0)
        {
            return 0;
        }

        foreach (var totals in await rows.FindAsync(MongoDeviceSchema.Totals, MongoDeviceKeys.AllTotals(device)))
        {
            var from = MongoDeviceTotals.PurgedToOf(totals);
            var fence = totals[FencedRollups.Fence].AsInt64;
            var mine = old.Where(IsMine).ToList();
            var sum = mine.Aggregate(Int128.Zero, (all, row) => all + row["c"].AsInt64)
                + adjustments.Where(IsMine).Aggregate(Int128.Zero, (all, row) => all + row["d"].AsInt64);
            await rows.UpdateAsync(
                MongoDeviceSchema.Totals,
                new UpdateOneModel<BsonDocument>(
                    new BsonDocument
                    {
                        { "_id", totals["_id"] },
                        { MongoDeviceTotals.PurgedTo, new BsonDocument("$not", new BsonDocument("$gte", to)) },
                    },
                    new BsonDocument
                    {
                        { "$set", new BsonDocument(MongoDeviceTotals.PurgedTo, to) },
                        {
                            "$inc", new BsonDocument
                            {
                                { MongoDeviceTotals.PurgedReadings, (long)mine.Count },
                                { MongoDeviceTotals.PurgedSum, MongoSums.Write(sum) },
                            }
                        },
                    }));

            bool IsMine(BsonDocument row) =>
                MongoDeviceKeys.Totals(device, MongoDeviceBatch.SourceOf(row).Position).Equals(totals["_id"])
                && MongoDeviceKeys.AtOf(row["_id"]) >= from && row["o"].AsInt64 <= fence;
        }

        var deleted = await rows.DeleteAsync(MongoDeviceSchema.Readings, MongoDeviceKeys.ReadingsBetween(device, long.MinValue, to));
        deleted += await rows.DeleteAsync(MongoDeviceSchema.Adjustments, MongoDeviceKeys.AdjustmentsBetween(device, long.MinValue, to));
        return (int)deleted;
    }
}
