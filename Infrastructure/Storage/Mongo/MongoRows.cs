using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>The stores' access to the database: find, write and delete rows, one command each.</summary>
/// <param name="database">Reads from the primary, writes to a majority and journaled, as the client's settings say.</param>
/// <param name="operationTimeout">How long the server may take for a read.</param>
/// <param name="damage">Told of rows that cannot be read; null for nobody.</param>
internal sealed class MongoRows(IMongoDatabase database, TimeSpan operationTimeout, DamageReport? damage = null)
{
    /// <summary>Rows that one command deletes or changes where there is no bound on how many match.</summary>
    internal const int MaxPart = 2_000;

    private static readonly InsertManyOptions Unordered = new() { IsOrdered = false };
    private static readonly BulkWriteOptions UnorderedWrites = new() { IsOrdered = false };

    /// <summary>By name: the driver creates a new object each time it is asked, which took a tenth of a small read.</summary>
    private readonly ConcurrentDictionary<string, IMongoCollection<BsonDocument>> collections = new(StringComparer.Ordinal);

    /// <summary>For commands that have no method here. They inherit no write concern, and their write errors throw nothing.</summary>
    public IMongoDatabase Database => database;

    /// <summary>Rows that could not be read.</summary>
    public DamageReport Damage { get; } = damage ?? new DamageReport();

    public IMongoCollection<BsonDocument> Collection(string name) =>
        collections.GetOrAdd(name, static (name, database) => database.GetCollection<BsonDocument>(name), database);

    /// <summary>All rows that match a filter.</summary>
    public Task<List<BsonDocument>> FindAsync(string collection, BsonDocument filter, MongoFind find = default) =>
        FindAsync(collection, filter, find, BsonDocumentSerializer.Instance);

    /// <summary>All rows that match a filter, read by the given serializer.</summary>
    public async Task<List<T>> FindAsync<T>(string collection, BsonDocument filter, MongoFind find, IBsonSerializer<T> serializer)
    {
        using var cursor = await OpenAsync(collection, filter, find, serializer);
        var found = new List<T>();
        while (await cursor.MoveNextAsync())
        {
            found.AddRange(cursor.Current);
        }

        return found;
    }

    /// <summary>Rows that match a filter, batch by batch; the caller disposes of the cursor.</summary>
    public Task<IAsyncCursor<T>> OpenAsync<T>(string collection, BsonDocument filter, MongoFind find, IBsonSerializer<T> serializer) =>
        Collection(collection).FindAsync(filter, new FindOptions<BsonDocument, T>
        {
            Projection = new BsonDocumentProjectionDefinition<BsonDocument, T>(find.Fields ?? [], serializer),
            Sort = find.Sort,
            Limit = find.Limit,
            BatchSize = find.BatchSize,
            MaxTime = operationTimeout,
        });

    /// <summary>How many rows match a filter, counted up to a limit.</summary>
    public Task<long> CountAsync(string collection, BsonDocument filter, int limit) =>
        Collection(collection).CountDocumentsAsync(filter, new CountOptions { Limit = limit, MaxTime = operationTimeout });

    /// <returns>How many were inserted: rows whose key exists already are left out.</returns>
    public async Task<long> InsertAsync(string collection, IReadOnlyCollection<MongoRow> rows)
    {
        try
        {
            await database.GetCollection<MongoRow>(collection).InsertManyAsync(rows, Unordered);
            return rows.Count;
        }
        catch (MongoBulkWriteException<MongoRow> failure) when (OnlyDuplicates(failure))
        {
            return failure.Result.InsertedCount;
        }
    }

    /// <returns>Rows that were matched or upserted: an upsert whose key exists already is left out.</returns>
    public async Task<long> UpdateAsync(string collection, params IReadOnlyCollection<WriteModel<BsonDocument>> updates)
    {
        BulkWriteResult<BsonDocument> result;
        try
        {
            result = await Collection(collection).BulkWriteAsync(updates, UnorderedWrites);
        }
        catch (MongoBulkWriteException<BsonDocument> failure) when (OnlyDuplicates(failure))
        {
            result = failure.Result;
        }

        return result.MatchedCount + result.Upserts.Count;
    }

    /// <returns>How many were deleted.</returns>
    public async Task<long> DeleteAsync(string collection, BsonDocument filter) =>
        (await Collection(collection).DeleteManyAsync(filter)).DeletedCount;

    /// <summary>
    /// Deletes all rows that match a filter, however many: some at a time, so that no command is cut off by its deadline, and an attempt
    /// that is interrupted leaves fewer for the next.
    /// </summary>
    /// <returns>How many.</returns>
    public Task<long> DeleteAllAsync(string collection, BsonDocument filter) =>
        InPartsAsync(collection, filter, part => DeleteAsync(collection, part));

    /// <summary>Changes all rows that match a filter, as <see cref="DeleteAllAsync"/> deletes them.</summary>
    /// <param name="collection">Where they are.</param>
    /// <param name="filter">Which they are; a row that is changed no longer matches.</param>
    /// <param name="update">The change.</param>
    /// <returns>How many.</returns>
    public Task<long> UpdateAllAsync(string collection, BsonDocument filter, BsonDocument update) =>
        InPartsAsync(
            collection, filter, async part => (await Collection(collection).UpdateManyAsync(part, update)).MatchedCount);

    private async Task<long> InPartsAsync(string collection, BsonDocument filter, Func<BsonDocument, Task<long>> act)
    {
        var total = 0L;
        List<BsonDocument> found;
        do
        {
            found = await FindAsync(collection, filter, new MongoFind(new BsonDocument("_id", 1), Limit: MaxPart));
            if (found.Count > 0)
            {
                total += await act(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(found.Select(row => row["_id"])))));
            }
        }
        while (found.Count == MaxPart);

        return total;
    }

    private static bool OnlyDuplicates(MongoBulkWriteException failure) =>
        failure.WriteConcernError is null && failure.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey);
}
