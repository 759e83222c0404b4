using Contracts.Access;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Access.Mongo;

/// <summary>The audit, one document an entry; nothing here changes one.</summary>
internal sealed class MongoAuditStore(MongoConnection connection) : IAuditStore
{
    public const string Collection = "audit";

    public static MongoIndexes Indexes { get; } = new(rows => rows.Collection(Collection).Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { { "tenant", 1 }, { "_id", -1 } }, new CreateIndexOptions { Name = "latest" }),
            new CreateIndexModel<BsonDocument>(new BsonDocument("at", 1), new CreateIndexOptions { Name = "age" }),
        ]));

    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var document = new BsonDocument
        {
            { "_id", entry.Id },
            { "at", StoredInstants.ToMilliseconds(entry.At) },
            { "tenant", entry.Tenant },
            { "actor", entry.Actor },
            { "action", entry.Action },
            { "target", entry.Target },
            { "outcome", entry.Outcome },
        };
        foreach (var (name, value) in new[]
            { ("keyId", entry.KeyId), ("before", entry.Before), ("after", entry.After), ("address", entry.Address) })
        {
            if (value is not null)
            {
                document.Add(name, value);
            }
        }

        return connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                await rows.Collection(Collection).InsertOneAsync(document);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument();
        Add("tenant", query.Tenant);
        Add("keyId", query.KeyId);
        Add("action", query.Action);
        if (query.Before is { } before)
        {
            filter.Add("_id", new BsonDocument("$lt", before));
        }

        var at = new BsonDocument();
        if (query.From is { } from)
        {
            at.Add("$gte", StoredInstants.ToMilliseconds(from));
        }

        if (query.Until is { } until)
        {
            at.Add("$lt", StoredInstants.ToMilliseconds(until));
        }

        if (at.ElementCount > 0)
        {
            filter.Add("at", at);
        }

        var find = new MongoFind { Sort = new BsonDocument("_id", -1), Limit = query.Limit };
        return connection.RunAsync<IReadOnlyList<AuditEntry>>(
            MongoLane.Clients, async rows => [.. (await rows.FindAsync(Collection, filter, find)).Select(Read)], cancellationToken);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                filter.Add(name, value);
            }
        }
    }

    public Task<long> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        rows => rows.DeleteAsync(
            Collection, new BsonDocument("at", new BsonDocument("$lt", StoredInstants.ToMilliseconds(before)))),
        cancellationToken);

    private static AuditEntry Read(BsonDocument entry) => new()
    {
        Id = entry["_id"].AsString,
        At = StoredInstants.FromMilliseconds(entry["at"].ToInt64()),
        Tenant = entry["tenant"].AsString,
        Actor = entry["actor"].AsString,
        KeyId = Text(entry, "keyId"),
        Action = entry["action"].AsString,
        Target = entry["target"].AsString,
        Before = Text(entry, "before"),
        After = Text(entry, "after"),
        Address = Text(entry, "address"),
        Outcome = entry["outcome"].ToInt32(),
    };

    private static string? Text(BsonDocument entry, string name) => entry.TryGetValue(name, out var value) ? value.AsString : null;
}
