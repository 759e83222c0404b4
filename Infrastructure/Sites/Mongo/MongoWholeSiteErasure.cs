using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// Erases whole sites. What is left is the site's key, which is a hash, with the position of the erasure, so that earlier messages, when
/// they come again, do not bring it back.
/// </summary>
internal static class MongoWholeSiteErasure
{
    public static async Task<bool> EraseAsync(MongoRows rows, Received<SiteErased> received)
    {
        var site = MongoSiteKeys.Site(received.Tenant, received.Message.Site);
        var id = new BsonDocument("_id", new BsonBinaryData(site));
        var before = (await FindAsync(rows, [site])).GetValueOrDefault(id["_id"]);
        if (before is { IsDone: true } && !before.Precedes(received.Source))
        {
            return false;
        }

        // First, so that an erasure that is interrupted goes on when its message comes again: nothing later is stored until then.
        var erasure = MongoErasure.Begin(received.Source, received.Message.Stamp);
        await rows.UpdateAsync(
            MongoSiteSchema.Erased, new UpdateOneModel<BsonDocument>(id, new BsonDocument("$set", erasure.Write())) { IsUpsert = true });
        await rows.DeleteAsync(MongoSiteSchema.Sites, id);
        foreach (var (collection, filter) in MongoSiteKeys.AllOf(site))
        {
            await rows.DeleteAllAsync(collection, filter);
        }

        await rows.UpdateAsync(
            MongoSiteSchema.Erased,
            new UpdateOneModel<BsonDocument>(id, new BsonDocument("$set", new BsonDocument(MongoErasure.Done, true))));
        return true;
    }

    /// <summary>The erasures of some sites, by key.</summary>
    public static async Task<IReadOnlyDictionary<BsonValue, MongoErasure>> FindAsync(MongoRows rows, IEnumerable<byte[]> sites)
    {
        var keys = new BsonArray(sites.Select(site => new BsonBinaryData(site)));
        var found = await rows.FindAsync(MongoSiteSchema.Erased, new BsonDocument("_id", new BsonDocument("$in", keys)));
        return found.ToDictionary(row => row["_id"], MongoErasure.Read);
    }
}
