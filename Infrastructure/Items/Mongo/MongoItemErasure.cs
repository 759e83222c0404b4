using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Items.Mongo;

/// <summary>
/// Erases users. What is left is a hash of the id with the position of the erasure: whatever comes later of the user is told from it.
/// </summary>
internal static class MongoItemErasure
{
    /// <summary>The day on which the user was created, whose count has to be made anew.</summary>
    private const string Day = "day";

    public static async Task<bool> EraseAsync(MongoRows rows, Received<ItemUserErased> received)
    {
        var (tenant, user) = (MongoItemKeys.Tenant(received.Tenant), received.Message.User);
        var (id, key) = (KeyOf(tenant, user), MongoItemKeys.Id(tenant, user));
        var before = await FindRowAsync(rows, id);
        var begun = before is null || MongoErasure.Read(before).Precedes(received.Source)
            ? MongoErasure.Begin(received.Source, received.Message.Stamp).Write() : [];
        var users = await rows.FindAsync(MongoItemSchema.Users, new BsonDocument("_id", key));
        if (users is [var row])
        {
            begun[Day] = ItemTime.NumberOf(ItemSpan.Day, MongoItemRow.AtOf(row));
        }

        // First, so that nothing that comes meanwhile is of the user; one that is interrupted goes on when its message comes again.
        if (begun.ElementCount > 0)
        {
            await rows.UpdateAsync(MongoItemSchema.Erased, Set(id, begun));
        }

        await rows.DeleteAsync(MongoItemSchema.Users, new BsonDocument("_id", key));
        if (begun.TryGetValue(Day, out var day) || (before?.TryGetValue(Day, out day) ?? false))
        {
            await MongoItemComparison.RunAsync(
                rows, new MongoItemDay(Convert.ToHexStringLower(tenant), ItemStatistic.Users, day.AsInt64), repair: true, isExpected: true);
        }

        await StripAsync(rows, tenant, user);
        await rows.UpdateAsync(MongoItemSchema.Erased, Set(id, new BsonDocument(MongoErasure.Done, true)));
        return true;
    }

    /// <summary>Those of some users who are erased.</summary>
    public static async Task<HashSet<Guid>> FindAsync(MongoRows rows, byte[] tenant, IEnumerable<Guid> users)
    {
        var byKey = users.Distinct().ToDictionary(user => (BsonValue)KeyOf(tenant, user));
        var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(byKey.Keys)));
        var found = await rows.FindAsync(MongoItemSchema.Erased, filter, new MongoFind(new BsonDocument("_id", 1)));
        return [.. found.Select(row => byKey[row["_id"]])];
    }

    /// <summary>The position of a user's latest erasure; null if there was none.</summary>
    public static async Task<LogPosition?> FindAsync(MongoRows rows, byte[] tenant, Guid user) =>
        await FindRowAsync(rows, KeyOf(tenant, user)) is { } row ? MongoErasure.Read(row).Position : null;

    /// <summary>Takes a user out of all transfers that are there.</summary>
    public static Task<long> StripAsync(MongoRows rows, byte[] tenant, Guid user) =>
        rows.UpdateAllAsync(
            MongoItemSchema.Transfers,
            new BsonDocument { { MongoItemRow.Recipient, MongoBson.Uuid(user) }, { "_id", MongoItemKeys.TransfersOf(tenant) } },
            new BsonDocument
            {
                { "$set", new BsonDocument(MongoItemRow.Recipient, MongoBson.Uuid(Guid.Empty)) },
                { "$unset", new BsonDocument("a", 1) },
            });

    private static BsonBinaryData KeyOf(byte[] tenant, Guid user) => MongoItemKeys.Id(tenant, ErasedUser.HashOf(user));

    private static UpdateOneModel<BsonDocument> Set(BsonBinaryData id, BsonDocument fields) =>
        new(new BsonDocument("_id", id), new BsonDocument("$set", fields)) { IsUpsert = true };

    private static async Task<BsonDocument?> FindRowAsync(MongoRows rows, BsonBinaryData id) =>
        await rows.FindAsync(MongoItemSchema.Erased, new BsonDocument("_id", id)) is [var row] ? row : null;
}
