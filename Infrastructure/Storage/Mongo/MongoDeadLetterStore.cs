using Contracts.Common;
using Contracts.Messaging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>Dead letters, one document each; the tenant comes first in its key.</summary>
internal sealed class MongoDeadLetterStore(MongoConnection connection) : IDeadLetterStore
{
    public const string Collection = "deadLetters";

    private const int KeysPerCommand = 1_000;

    private static readonly BsonDocument WithoutContent = new("content", 0);
    private static readonly BsonDocument Latest = new() { { "tenant", 1 }, { "diedAt", -1 }, { "_id", -1 } };
    private static readonly BsonDocument Keys = new() { { "tenant", 1 }, { "topic", 1 }, { "key", 1 }, { "diedAt", -1 } };

    public static MongoIndexes Indexes { get; } = new(rows => rows.Collection(Collection).Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>(Latest, new CreateIndexOptions { Name = "latest" }),
            new CreateIndexModel<BsonDocument>(Keys, new CreateIndexOptions { Name = "keys" }),
        ]));

    public Task AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        // A letter that is stored already keeps its origin and its replay count.
        var first = new BsonDocument
        {
            { "tenant", letter.Tenant },
            { "id", letter.Id },
            { "topic", letter.Topic },
            { "type", letter.Type },
            { "key", letter.Key },
            { "epoch", MongoBson.Uuid(letter.Position.Epoch) },
            { "partition", letter.Position.Partition },
            { "offset", letter.Position.Offset },
            { "replays", letter.Replays },
        };
        var changes = new BsonDocument
        {
            { "$setOnInsert", first },
            { "$set", Changes(letter) },
            { "$inc", new BsonDocument("version", 1L) },
        };
        return connection.RunAsync(
            MongoLane.Clients,
            rows => rows.UpdateAsync(
                Collection, new UpdateOneModel<BsonDocument>(ById(letter.Tenant, letter.Id), changes) { IsUpsert = true }),
            cancellationToken);
    }

    public Task<DeadLetter?> FindAsync(string tenant, string id, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => (await rows.FindAsync(Collection, ById(tenant, id))) is [var found] ? Read(found) : null,
        cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> FindOpenAsync(
        string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<DeadLetter>>(
            MongoLane.Clients,
            async rows =>
            {
                var found = new List<DeadLetter>();
                foreach (var some in ids.Chunk(KeysPerCommand))
                {
                    var keys = new BsonDocument("$in", new BsonArray(some.Select(id => KeyOf(tenant, id))));
                    var open = new BsonDocument { { "_id", keys }, { "state", (int)DeadLetterState.Open } };
                    found.AddRange((await rows.FindAsync(Collection, open, new MongoFind(WithoutContent))).Select(Read));
                }

                return found;
            },
            cancellationToken);

    public Task<DeadLetter?> FindLatestOpenAsync(string tenant, string topic, string key, CancellationToken cancellationToken)
    {
        var open = new BsonDocument { { "tenant", tenant }, { "topic", topic }, { "key", key }, { "state", (int)DeadLetterState.Open } };
        var latest = new MongoFind { Sort = new BsonDocument("diedAt", -1), Limit = 1, Fields = WithoutContent };
        return connection.RunAsync(
            MongoLane.Clients,
            async rows => await rows.FindAsync(Collection, open, latest) is [var found] ? Read(found) : null,
            cancellationToken);
    }

    public Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument("tenant", query.Tenant);
        if (query.Topic is { } topic)
        {
            filter.Add("topic", topic);
        }

        if (query.State is { } state)
        {
            filter.Add("state", (int)state);
        }

        if (query.Cursor is { } cursor)
        {
            var at = StoredInstants.ToTicks(cursor.DiedAt);
            filter.Add("$or", new BsonArray
            {
                new BsonDocument("diedAt", new BsonDocument("$lt", at)),
                new BsonDocument { { "diedAt", at }, { "_id", new BsonDocument("$lt", KeyOf(query.Tenant, cursor.Id)) } },
            });
        }

        var find = new MongoFind
        {
            Sort = new BsonDocument { { "diedAt", -1 }, { "_id", -1 } },
            Limit = query.Limit + 1,
            Fields = WithoutContent,
        };
        return connection.RunAsync(
            MongoLane.Clients,
            async rows =>
            {
                var found = await rows.FindAsync(Collection, filter, find);
                var page = found.Take(query.Limit).Select(Read).ToList();
                return new DeadLetterPage(page, found.Count > query.Limit ? new DeadLetterCursor(page[^1].DiedAt, page[^1].Id) : null);
            },
            cancellationToken);
    }

    public Task<bool> TryReplaceAsync(DeadLetter read, DeadLetter changed, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => await rows.UpdateAsync(Collection, new UpdateOneModel<BsonDocument>(
            ById(read.Tenant, read.Id).Add("version", read.Version),
            new BsonDocument
            {
                { "$set", Changes(changed).Add("replays", changed.Replays) },
                { "$inc", new BsonDocument("version", 1L) },
            })) == 1,
        cancellationToken);

    public Task<bool> TryDeleteAsync(DeadLetter read, CancellationToken cancellationToken) => connection.RunAsync(
        MongoLane.Clients,
        async rows => await rows.DeleteAsync(Collection, ById(read.Tenant, read.Id).Add("version", read.Version)) == 1,
        cancellationToken);

    private static string KeyOf(string tenant, string id) => $"{tenant}|{id}";

    private static BsonDocument ById(string tenant, string id) => new("_id", KeyOf(tenant, id));

    private static BsonDocument Changes(DeadLetter letter) => new()
    {
        { "reason", letter.Reason },
        { "exception", letter.Exception },
        { "diedAt", StoredInstants.ToTicks(letter.DiedAt) },
        { "state", (int)letter.State },
        { "content", letter.Content.ToArray() },
    };

    private static DeadLetter Read(BsonDocument letter) => new()
    {
        Tenant = letter["tenant"].AsString,
        Id = letter["id"].AsString,
        Topic = letter["topic"].AsString,
        Type = letter["type"].AsString,
        Key = letter["key"].AsString,
        Position = new LogPosition(letter["epoch"].AsUuid(), letter["partition"].ToInt32(), letter["offset"].ToInt64()),
        Reason = letter["reason"].AsString,
        Exception = letter["exception"].AsString,
        DiedAt = StoredInstants.FromTicks(letter["diedAt"].ToInt64()),
        State = (DeadLetterState)letter["state"].ToInt32(),
        Replays = letter["replays"].ToInt32(),
        Version = letter["version"].ToInt64(),
        Content = letter.TryGetValue("content", out var content) ? content.AsByteArray : [],
    };
}
