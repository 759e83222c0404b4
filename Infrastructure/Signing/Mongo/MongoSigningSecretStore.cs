using Contracts.Signing;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Signing.Mongo;

/// <summary>Signing secrets, encrypted, one document each.</summary>
internal sealed class MongoSigningSecretStore(MongoConnection connection) : ISigningSecretStore
{
    public const string Collection = "signingSecrets";

    public static MongoIndexes Indexes { get; } = new(rows => rows.Collection(Collection).Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>(new BsonDocument("changedAt", 1), new CreateIndexOptions { Name = "changed" }),
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { { "tenant", 1 }, { "_id", 1 } }, new CreateIndexOptions { Name = "tenant" }),
        ]));

    public Task<bool> TryAddAsync(SigningSecret secret, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows =>
        {
            try
            {
                await rows.Collection(Collection).InsertOneAsync(Fields(secret).Add("_id", secret.Id).Add("version", secret.Version));
                return true;
            }
            catch (MongoWriteException taken) when (taken.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                return false;
            }
        },
        cancellationToken);

    public Task<SigningSecret?> FindAsync(string id, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(Collection, new BsonDocument("_id", id))) is [var found] ? Read(found) : null,
        cancellationToken);

    /// <remarks>Small, and not to be kept waiting by clients: a change has a second to be effective.</remarks>
    public Task<IReadOnlyList<SigningSecret>> ReadChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) => FindAsync(
        MongoLane.Vital, new BsonDocument("changedAt", new BsonDocument("$gte", StoredInstants.ToLowerBound(since))), default,
        cancellationToken);

    public Task<IReadOnlyList<SigningSecret>> ListAsync(
        string tenant, string? after, int limit, CancellationToken cancellationToken) => FindAsync(
            MongoLane.Clients,
            new BsonDocument
            {
                { "tenant", tenant },
                { "_id", new BsonDocument("$gt", after ?? string.Empty) },
                { "deletedAt", BsonNull.Value },
            },
            new MongoFind { Sort = new BsonDocument("_id", 1), Limit = limit },
            cancellationToken);

    public Task<bool> TryReplaceAsync(SigningSecret read, SigningSecret changed, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Clients,
            async rows => await rows.UpdateAsync(Collection, new UpdateOneModel<BsonDocument>(
                new BsonDocument { { "_id", read.Id }, { "version", read.Version } },
                new BsonDocument { { "$set", Fields(changed) }, { "$inc", new BsonDocument("version", 1L) } })) == 1,
            cancellationToken);

    public Task<long> PurgeAsync(DateTimeOffset deletedBefore, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        rows => rows.DeleteAsync(
            Collection, new BsonDocument("deletedAt", new BsonDocument("$lt", StoredInstants.ToMilliseconds(deletedBefore)))),
        cancellationToken);

    private Task<IReadOnlyList<SigningSecret>> FindAsync(
        MongoLane lane, BsonDocument filter, MongoFind find, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<SigningSecret>>(
            lane, async rows => [.. (await rows.FindAsync(Collection, filter, find)).Select(Read)], cancellationToken);

    /// <summary>All but its id and its version.</summary>
    private static BsonDocument Fields(SigningSecret secret) => new()
    {
        { "tenant", secret.Tenant },
        { "destination", (BsonValue?)secret.Destination ?? BsonNull.Value },
        { "sealed", secret.Sealed.ToArray() },
        { "publicKey", secret.PublicKey.ToArray() },
        { "previousSealed", secret.PreviousSealed.ToArray() },
        { "previousPublicKey", secret.PreviousPublicKey.ToArray() },
        { "previousUntil", Milliseconds(secret.PreviousUntil) },
        { "createdAt", StoredInstants.ToMilliseconds(secret.CreatedAt) },
        { "rotatedAt", Milliseconds(secret.RotatedAt) },
        { "deletedAt", Milliseconds(secret.DeletedAt) },
        { "changedAt", StoredInstants.ToMilliseconds(secret.ChangedAt) },
    };

    private static SigningSecret Read(BsonDocument secret) => new()
    {
        Id = secret["_id"].AsString,
        Tenant = secret["tenant"].AsString,
        Destination = secret["destination"].IsBsonNull ? null : secret["destination"].AsString,
        Sealed = secret["sealed"].AsByteArray,
        PublicKey = PublicKey(secret, "publicKey"),
        PreviousSealed = secret["previousSealed"].AsByteArray,
        PreviousPublicKey = PublicKey(secret, "previousPublicKey"),
        PreviousUntil = Instant(secret["previousUntil"]),
        CreatedAt = StoredInstants.FromMilliseconds(secret["createdAt"].ToInt64()),
        RotatedAt = Instant(secret["rotatedAt"]),
        DeletedAt = Instant(secret["deletedAt"]),
        ChangedAt = StoredInstants.FromMilliseconds(secret["changedAt"].ToInt64()),
        Version = secret["version"].ToInt64(),
    };

    /// <summary>Documents of before there were public keys have no such field.</summary>
    private static byte[] PublicKey(BsonDocument secret, string field) =>
        secret.TryGetValue(field, out var value) ? value.AsByteArray : [];

    private static BsonValue Milliseconds(DateTimeOffset? instant) =>
        instant is { } at ? StoredInstants.ToMilliseconds(at) : BsonNull.Value;

    private static DateTimeOffset? Instant(BsonValue value) =>
        value.IsBsonNull ? null : StoredInstants.FromMilliseconds(value.ToInt64());
}
