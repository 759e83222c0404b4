using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <summary>Collections and indexes of revenue; docs/data-model.md draws them.</summary>
internal static class MongoRevenueSchema
{
    public const string Users = "revenueUsers";
    public const string Entries = "revenueEntries";
    public const string Sums = "revenueSums";
    public const string Types = "revenueTypes";
    public const string Erased = "revenueErased";
    public const string Purged = "revenuePurged";
    public const string Archive = "revenueArchive";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Collections { get; } = [Users, Entries, Sums, Types, Erased, Purged, Archive];

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        await CreateAsync(rows, Users, "listed", new BsonDocument { { "tenant", 1 }, { "name", 1 } }, null);
        await CreateAsync(rows, Types, "listed", new BsonDocument { { "tenant", 1 }, { "name", 1 } }, null);
        await CreateAsync(rows, Entries, "inTime", new BsonDocument(MongoEntry.Place, 1), MongoEntry.Place);
        await CreateAsync(rows, Entries, "inTimeOfAll", new BsonDocument(MongoEntry.PlaceOfAll, 1), MongoEntry.PlaceOfAll);
        await CreateAsync(
            rows, Entries, "unarchived", new BsonDocument { { MongoEntry.ReceivedAt, 1 }, { "_id", 1 } }, MongoEntry.Unarchived);
        await CreateAsync(rows, Entries, "retired", new BsonDocument(MongoEntry.Retired, 1), MongoEntry.Retired);
        return true;
    }

    private static Task<string> CreateAsync(MongoRows rows, string collection, string name, BsonDocument key, string? onlyWith) =>
        rows.Collection(collection).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            key,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                PartialFilterExpression = onlyWith is null ? null
                    : new BsonDocumentFilterDefinition<BsonDocument>(
                        new BsonDocument(onlyWith, new BsonDocument("$exists", true))),
            }));
}
