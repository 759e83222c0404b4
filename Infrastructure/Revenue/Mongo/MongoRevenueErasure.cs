using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Erases users. What is left is the user's key, which is a hash, with the position of the erasure, so that earlier messages, when they
/// come again, do not bring the user back.
/// </summary>
internal static class MongoRevenueErasure
{
    public static async Task<bool> EraseAsync(MongoRows rows, Received<RevenueUserErased> received)
    {
        var (source, user) = (received.Source, MongoRevenueKeys.User(received.Tenant, received.Message.User));
        var id = new BsonBinaryData(user);
        if ((await FindAsync(rows, [user])).GetValueOrDefault(id) is { IsDone: true } before && !before.Precedes(source))
        {
            return false;
        }

        // First, so that an erasure that is interrupted goes on when its message comes again: nothing later is stored until then.
        await rows.UpdateAsync(
            MongoRevenueSchema.Erased,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", id), new BsonDocument("$set", MongoErasure.Begin(source, received.Message.Stamp).Write()))
            {
                IsUpsert = true,
            });
        await rows.DeleteAsync(MongoRevenueSchema.Users, new BsonDocument("_id", id));

        // The user's own sums say on which days the sums of all have to be made anew, so they go last.
        var days = await ReadDaysAsync(rows, user);
        await rows.DeleteAllAsync(MongoRevenueSchema.Entries, MongoRevenueKeys.EntriesOf(user));
        foreach (var day in days)
        {
            await MongoRevenueComparison.RunAsync(rows, MongoRevenueKeys.All(received.Tenant), day, repair: true, isExpected: true);
        }

        await rows.DeleteAllAsync(MongoRevenueSchema.Sums, MongoRevenueKeys.SumsOf(user));
        await rows.UpdateAsync(
            MongoRevenueSchema.Erased,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument(MongoErasure.Done, true))));
        return true;
    }

    /// <summary>The erasures of some users, by key.</summary>
    public static async Task<IReadOnlyDictionary<BsonValue, MongoErasure>> FindAsync(MongoRows rows, IEnumerable<byte[]> users)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(users.Select(key => new BsonBinaryData(key)))));
        return (await rows.FindAsync(MongoRevenueSchema.Erased, filter)).ToDictionary(row => row["_id"], MongoErasure.Read);
    }

    /// <summary>The days that a scope has sums of.</summary>
    public static async Task<SortedSet<long>> ReadDaysAsync(MongoRows rows, byte[] scope)
    {
        var days = new SortedSet<long>();
        foreach (var row in await rows.FindAsync(
            MongoRevenueSchema.Sums, MongoRevenueKeys.SumsBetween(scope, MongoSumKind.Month, int.MinValue, int.MaxValue)))
        {
            days.UnionWith(MongoRevenueSums.Read(row).Keys.Select(key => MongoRevenueSums.NumberOf(row["_id"], key.Slot)));
        }

        return days;
    }
}
