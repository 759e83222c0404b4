using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>Collections and indexes of the sites; docs/data-model.md draws them.</summary>
internal static class MongoSiteSchema
{
    public const string Sites = "sites";
    public const string Events = "siteEvents";
    public const string Sums = "siteSums";
    public const string Visitors = "siteVisitors";
    public const string Sketches = "siteSketches";
    public const string Erased = "sitesErased";
    public const string Purged = "sitesPurged";
    public const string Salts = "siteSalts";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Collections { get; } =
        [Sites, Events, Sums, Visitors, Sketches, Erased, Purged, Salts];

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        await CreateAsync(rows, Sites, "listed", new BsonDocument { { "tenant", 1 }, { "name", 1 } }, null);
        await CreateAsync(rows, Events, "inTime", new BsonDocument(MongoSiteEvent.Place, 1), MongoSiteEvent.Place);
        await CreateAsync(rows, Events, "retired", new BsonDocument(MongoSiteEvent.Retired, 1), MongoSiteEvent.Retired);
        return true;
    }

    private static Task<string> CreateAsync(MongoRows rows, string collection, string name, BsonDocument key, string? only) =>
        rows.Collection(collection).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            key,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                PartialFilterExpression = only is null ? null
                    : new BsonDocumentFilterDefinition<BsonDocument>(new BsonDocument(only, new BsonDocument("$exists", true))),
            }));
}
