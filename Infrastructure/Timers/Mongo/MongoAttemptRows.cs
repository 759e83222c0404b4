using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Timers.Mongo;

/// <summary>Reads attempts' documents.</summary>
internal static class MongoAttemptRows
{
    /// <param name="document">A whole document, or one without the response.</param>
    public static StoredAttempt Read(BsonDocument document)
    {
        var id = document["_id"].AsBsonDocument;
        return new StoredAttempt(
            id["timer"].AsUuid(),
            new ClaimToken(id["claim"].ToInt64()),
            new AttemptRecord
            {
                Occurrence = id["occurrence"].ToInt32(),
                Number = id["number"].ToInt32(),
                StartedAt = StoredInstants.FromMicroseconds(document["startedAt"].ToInt64()),
                Latency = TimeSpan.FromMicroseconds(document["latency"].ToInt64()),
                Lateness = TimeSpan.FromMicroseconds(document["lateness"].ToInt64()),
                Status = document.TryGetValue("status", out var status) ? status.ToInt32() : null,
                Error = document.TryGetValue("error", out var error) ? error.AsString : null,
                Response = document.TryGetValue("response", out var response) ? response.AsByteArray : default,
            },
            MongoTimerSchema.ToState(document["state"].ToInt32()),
            StoredInstants.FromMilliseconds(document["nextAt"].ToInt64()));
    }

    /// <summary>Of several timers, without the responses, by timer and in order.</summary>
    public static async Task<ILookup<Guid, StoredAttempt>> ReadAllAsync(MongoRows rows, IReadOnlyList<Guid> timers)
    {
        var found = await rows.FindAsync(
            MongoTimerSchema.Attempts, new BsonDocument("_id.timer", MongoBson.In(timers)),
            new MongoFind(Fields: new BsonDocument("response", 0)));
        return InOrder(found).ToLookup(attempt => attempt.Timer);
    }

    /// <summary>Of one timer, oldest first.</summary>
    public static async Task<IReadOnlyList<StoredAttempt>> ReadOneAsync(MongoRows rows, string tenant, Guid timer)
    {
        var filter = new BsonDocument { { "_id.timer", MongoBson.Uuid(timer) }, { "tenant", MongoTimerSchema.TenantOf(tenant) } };
        return [.. InOrder(await rows.FindAsync(MongoTimerSchema.Attempts, filter))];
    }

    private static IOrderedEnumerable<StoredAttempt> InOrder(IEnumerable<BsonDocument> attempts) => attempts
        .Select(Read)
        .OrderBy(one => one.Attempt.Occurrence)
        .ThenBy(one => one.Attempt.Number)
        .ThenBy(one => one.Token.Value);
}
