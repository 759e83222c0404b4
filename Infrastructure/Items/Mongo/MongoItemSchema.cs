using Contracts.Items;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Items.Mongo;

/// <summary>Collections and indexes of items; docs/data-model.md draws them.</summary>
internal static class MongoItemSchema
{
    public const string Tenants = "itemTenants";
    public const string Users = "itemUsers";
    public const string BaseItems = "itemBases";
    public const string Items = "items";
    public const string Transfers = "itemTransfers";
    public const string Sums = "itemSums";
    public const string Trimmed = "itemsTrimmed";
    public const string Erased = "itemUsersErased";
    public const string Purged = "itemsPurged";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Collections { get; } = [Tenants, Users, BaseItems, Items, Transfers, Sums, Trimmed, Erased, Purged];

    /// <summary>Where the rows are that a statistic counts.</summary>
    public static string CollectionOf(ItemStatistic what) => what switch
    {
        ItemStatistic.Items => Items,
        ItemStatistic.Transfers => Transfers,
        _ => Users,
    };

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        foreach (var collection in (string[])[Users, BaseItems, Items, Transfers])
        {
            await CreateAsync(collection, "inTime", new BsonDocument { { MongoItemRow.Time, 1 }, { "_id", 1 } });
        }

        await CreateAsync(Transfers, "ofItem", new BsonDocument(MongoItemRow.Place, 1));
        await CreateAsync(Transfers, "toUser", new BsonDocument(MongoItemRow.Recipient, 1));
        await CreateAsync(Transfers, "retired", new BsonDocument(MongoItemRow.Retired, 1), MongoItemRow.Retired);
        await CreateAsync(Transfers, "replaced", new BsonDocument(MongoItemRow.Replaced, 1), MongoItemRow.Replaced);
        return true;

        Task<string> CreateAsync(string collection, string name, BsonDocument keys, string? onlyWith = null) =>
            rows.Collection(collection).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
                keys,
                new CreateIndexOptions<BsonDocument>
                {
                    Name = name,
                    PartialFilterExpression = onlyWith is null ? null
                        : new BsonDocumentFilterDefinition<BsonDocument>(
                            new BsonDocument(onlyWith, new BsonDocument("$exists", true))),
                }));
    }
}
