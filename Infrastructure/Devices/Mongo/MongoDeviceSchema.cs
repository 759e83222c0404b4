using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <summary>Collections and indexes of the devices; docs/data-model.md draws them.</summary>
internal static class MongoDeviceSchema
{
    public const string Devices = "devices";
    public const string Readings = "deviceReadings";
    public const string Adjustments = "deviceAdjustments";
    public const string Totals = "deviceTotals";
    public const string Erased = "devicesErased";
    public const string Purged = "devicesPurged";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Collections { get; } = [Devices, Readings, Adjustments, Totals, Erased, Purged];

    /// <summary>Makes what is missing; what is there already is left alone.</summary>
    public static async Task<bool> CreateIndexesAsync(MongoRows rows)
    {
        await CreateAsync(rows, "listed", new BsonDocument { { "tenant", 1 }, { "name", 1 } }, null);
        await CreateAsync(
            rows,
            "listedByTag",
            new BsonDocument { { "tenant", 1 }, { "tags", 1 }, { "name", 1 } },
            new BsonDocument("tags", new BsonDocument("$exists", true)));
        await CreateAsync(rows, "watched", new BsonDocument("watchAt", 1), new BsonDocument("watchAt", new BsonDocument("$exists", true)));
        return true;
    }

    private static Task<string> CreateAsync(MongoRows rows, string name, BsonDocument key, BsonDocument? only) =>
        rows.Collection(Devices).Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(
            key,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                PartialFilterExpression = only is null ? null : new BsonDocumentFilterDefinition<BsonDocument>(only),
            }));
}
