using Contracts.Access;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Access.Mongo;

/// <summary>Keys, one document each.</summary>
internal sealed class MongoKeyStore(MongoConnection connection) : IKeyStore
{
    public const string Collection = "keys";

    public static MongoIndexes Indexes { get; } = new(rows => rows.Collection(Collection).Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>(new BsonDocument("changedAt", 1), new CreateIndexOptions { Name = "changed" }),
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { { "tenant", 1 }, { "_id", 1 } }, new CreateIndexOptions { Name = "tenant" }),
        ]));

    public Task<bool> TryAddAsync(ApiKey key, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows =>
        {
            try
            {
                await rows.Collection(Collection).InsertOneAsync(Fields(key).Add("_id", key.Id).Add("version", key.Version));
                return true;
            }
            catch (MongoWriteException taken) when (taken.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                return false;
            }
        },
        cancellationToken);

    public Task<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(Collection, new BsonDocument("_id", id))) is [var found] ? Read(found) : null,
        cancellationToken);

    /// <remarks>Small, and not to be kept waiting by clients: a revocation has a second to be effective.</remarks>
    public Task<IReadOnlyList<ApiKey>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) => FindAsync(
        MongoLane.Vital, new BsonDocument("changedAt", new BsonDocument("$gte", StoredInstants.ToLowerBound(since))), default,
        cancellationToken);

    public Task<IReadOnlyList<ApiKey>> ListAsync(string? tenant, string? after, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$gt", after ?? string.Empty));
        if (tenant is not null)
        {
            filter.Add("tenant", tenant);
        }

        return FindAsync(MongoLane.Clients, filter, new MongoFind { Sort = new BsonDocument("_id", 1), Limit = limit }, cancellationToken);
    }

    public Task<bool> TryReplaceAsync(ApiKey read, ApiKey changed, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => await rows.UpdateAsync(Collection, new UpdateOneModel<BsonDocument>(
            new BsonDocument { { "_id", read.Id }, { "version", read.Version } },
            new BsonDocument { { "$set", Fields(changed) }, { "$inc", new BsonDocument("version", 1L) } })) == 1,
        cancellationToken);

    public async Task NoteUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken)
    {
        if (uses.Count == 0)
        {
            return;
        }

        var updates = uses.Select(use => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", use.Key),
            new BsonDocument("$max", new BsonDocument("lastUsedAt", StoredInstants.ToMilliseconds(use.Value))))).ToList();
        await connection.RunAsync(MongoLane.Clients, rows => rows.UpdateAsync(Collection, updates), cancellationToken);
    }

    private Task<IReadOnlyList<ApiKey>> FindAsync(
        MongoLane lane, BsonDocument filter, MongoFind find, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<ApiKey>>(
            lane, async rows => [.. (await rows.FindAsync(Collection, filter, find)).Select(Read)], cancellationToken);

    /// <summary>All but its id, its version and its last use, which change in ways of their own.</summary>
    private static BsonDocument Fields(ApiKey key) => new()
    {
        { "tenant", key.Tenant },
        { "name", key.Name },
        { "scopes", new BsonArray(key.Scopes) },
        { "hash", key.Hash.ToArray() },
        { "previousHash", key.PreviousHash.ToArray() },
        { "previousUntil", Milliseconds(key.PreviousUntil) },
        { "createdAt", StoredInstants.ToMilliseconds(key.CreatedAt) },
        { "changedAt", StoredInstants.ToMilliseconds(key.ChangedAt) },
        { "expiresAt", Milliseconds(key.ExpiresAt) },
        { "revokedAt", Milliseconds(key.RevokedAt) },
        { "addresses", new BsonArray(key.Addresses) },
        { "site", (BsonValue?)key.Site ?? BsonNull.Value },
        { "origins", new BsonArray(key.Origins) },
    };

    private static ApiKey Read(BsonDocument key) => new()
    {
        Id = key["_id"].AsString,
        Tenant = key["tenant"].AsString,
        Name = key["name"].AsString,
        Scopes = Texts(key["scopes"]),
        Hash = key["hash"].AsByteArray,
        PreviousHash = key["previousHash"].AsByteArray,
        PreviousUntil = Instant(key["previousUntil"]),
        CreatedAt = StoredInstants.FromMilliseconds(key["createdAt"].ToInt64()),
        ChangedAt = StoredInstants.FromMilliseconds(key["changedAt"].ToInt64()),
        ExpiresAt = Instant(key["expiresAt"]),
        RevokedAt = Instant(key["revokedAt"]),
        LastUsedAt = Instant(key.GetValue("lastUsedAt", BsonNull.Value)),
        Addresses = Texts(key["addresses"]),
        Site = key["site"].IsBsonNull ? null : key["site"].AsString,
        Origins = Texts(key["origins"]),
        Version = key["version"].ToInt64(),
    };

    private static BsonValue Milliseconds(DateTimeOffset? instant) =>
        instant is { } at ? StoredInstants.ToMilliseconds(at) : BsonNull.Value;

    private static DateTimeOffset? Instant(BsonValue value) =>
        value.IsBsonNull ? null : StoredInstants.FromMilliseconds(value.ToInt64());

    private static string[] Texts(BsonValue values) => [.. values.AsBsonArray.Select(value => value.AsString)];
}
