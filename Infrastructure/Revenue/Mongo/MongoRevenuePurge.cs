using Contracts.Common;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Deletes entries of old days. Balances go on counting them: first each of them notes what is going to be deleted and up to which instant,
/// then the entries go, so that an interrupted purge notes nothing twice.
/// </summary>
internal static class MongoRevenuePurge
{
    private static readonly BsonDocument InTime = new(MongoEntry.Place, 1);

    /// <summary>The instant before which nothing is kept.</summary>
    public static async Task<long> ReadAsync(MongoRows rows) =>
        await rows.FindAsync(MongoRevenueSchema.Purged, new BsonDocument("_id", 0)) is [var row] ? row["before"].AsInt64 : long.MinValue;

    /// <returns>The instant before which nothing is kept, now or since an earlier call.</returns>
    public static async Task<long> RaiseAsync(MongoRows rows, long before)
    {
        if (TickTime.IsValid(before))
        {
            await rows.UpdateAsync(
                MongoRevenueSchema.Purged,
                new UpdateOneModel<BsonDocument>(
                    new BsonDocument("_id", 0), new BsonDocument("$max", new BsonDocument("before", RevenueTime.StartOfDay(before))))
                {
                    IsUpsert = true,
                });
        }

        return await ReadAsync(rows);
    }

    /// <returns>How many entries were deleted; the limit, or more, if there may be more.</returns>
    public static async Task<int> RunAsync(MongoRows rows, byte[] user, long before, int limit)
    {
        var old = await FindAsync(rows, user, before, limit);
        if (old.Count == limit)
        {
            // Entries of one instant go together.
            before = MongoEntry.AtOf(old[^1]) + 1;
            old = await FindAsync(rows, user, before, limit: null);
        }

        if (old.Count > 0)
        {
            foreach (var row in await rows.FindAsync(
                MongoRevenueSchema.Sums, MongoRevenueKeys.SumsBetween(user, MongoSumKind.Balance, 0, 1)))
            {
                await NoteAsync(rows, user, row, old, before);
            }

            await rows.UpdateAsync(
                MongoRevenueSchema.Entries,
                [.. old.Select(row => new UpdateOneModel<BsonDocument>(
                    new BsonDocument("_id", row["_id"]), MongoEntry.Retire(row)))]);
        }

        return old.Count;
    }

    /// <summary>Forgets the ids of entries from before an instant.</summary>
    /// <returns>How many; the limit if there may be more.</returns>
    public static async Task<int> ForgetAsync(MongoRows rows, long before, int limit)
    {
        var old = await rows.FindAsync(
            MongoRevenueSchema.Entries, new BsonDocument(MongoEntry.Retired, new BsonDocument("$lt", before)),
            new MongoFind(new BsonDocument("_id", 1), Limit: limit));
        if (old.Count > 0)
        {
            var ids = new BsonArray(old.Select(row => row["_id"]));
            await rows.DeleteAsync(MongoRevenueSchema.Entries, new BsonDocument("_id", new BsonDocument("$in", ids)));
        }

        return old.Count;
    }

    /// <summary>Deletes the sums of a scope from before a day.</summary>
    public static async Task DeleteSumsAsync(MongoRows rows, byte[] scope, long before)
    {
        if (before == long.MinValue)
        {
            return;
        }

        var day = RevenueTime.NumberOf(RevenueSpan.Day, before);
        var (month, dayOfMonth) = MongoRevenueSums.MonthOf(day);
        await rows.DeleteAsync(
            MongoRevenueSchema.Sums, MongoRevenueKeys.SumsBetween(scope, MongoSumKind.Hour, int.MinValue, (int)day * 24));
        await rows.DeleteAsync(MongoRevenueSchema.Sums, MongoRevenueKeys.SumsBetween(scope, MongoSumKind.Month, int.MinValue, month));
        foreach (var row in await rows.FindAsync(
            MongoRevenueSchema.Sums, MongoRevenueKeys.SumsBetween(scope, MongoSumKind.Month, month, month + 1)))
        {
            var gone = row.Names.Where(name => MongoRevenueSums.SlotOf(name) < dayOfMonth)
                .Select(name => new BsonElement(name, string.Empty)).ToList();
            if (gone.Count > 0)
            {
                await rows.UpdateAsync(
                    MongoRevenueSchema.Sums,
                    new UpdateOneModel<BsonDocument>(
                        new BsonDocument("_id", row["_id"]), new BsonDocument("$unset", new BsonDocument(gone))));
            }
        }
    }

    private static Task<List<BsonDocument>> FindAsync(MongoRows rows, byte[] user, long before, int? limit) => rows.FindAsync(
        MongoRevenueSchema.Entries, MongoRevenueKeys.EntriesBetween(MongoEntry.Place, user, long.MinValue, before),
        new MongoFind(Sort: InTime, Limit: limit));

    private static async Task NoteAsync(MongoRows rows, byte[] user, BsonDocument row, List<BsonDocument> old, long to)
    {
        var from = row.TryGetValue(MongoRevenueComparison.PurgedTo, out var purged) ? purged.AsInt64 : long.MinValue;
        var sums = new Dictionary<string, RevenueDelta>(StringComparer.Ordinal);
        foreach (var each in old)
        {
            var log = MongoEntry.SourceOf(each).Position;
            if (MongoRevenueSums.Balance(user, log).Equals(row["_id"]) && MongoEntry.AtOf(each) >= from
                && log.Offset <= row[FencedRollups.Fence].AsInt64)
            {
                var currency = MongoEntry.CurrencyOf(each);
                sums[currency] = sums.GetValueOrDefault(currency) + RevenueDelta.Of(MongoEntry.EffectOf(each));
            }
        }

        var update = new BsonDocument("$set", new BsonDocument(MongoRevenueComparison.PurgedTo, to));
        var add = sums.SelectMany(each => MongoRevenueSums.Fields(0, each.Key, each.Value))
            .Select(field => new BsonElement(MongoRevenueSums.PurgedPrefix + field.Name, field.Value)).ToList();
        if (add.Count > 0)
        {
            update["$inc"] = new BsonDocument(add);
        }

        await rows.UpdateAsync(
            MongoRevenueSchema.Sums,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument
                {
                    { "_id", row["_id"] },
                    { MongoRevenueComparison.PurgedTo, new BsonDocument("$not", new BsonDocument("$gte", to)) },
                },
                update));
    }
}
