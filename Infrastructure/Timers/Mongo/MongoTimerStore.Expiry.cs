using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Timers.Mongo;

/// <content>Paused timers that expire.</content>
internal sealed partial class MongoTimerStore
{
    private static readonly BsonDocument KeyOnly = new("_id", 1);
    private static readonly BsonDocument ByExpiry = new("expiresAt", 1);

    public Task<IReadOnlyList<TimerRecord>> ExpireAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<TimerRecord>>(
            MongoLane.Runner,
            async rows =>
            {
                var filter = new BsonDocument
                {
                    { "state", MongoTimerSchema.Paused },
                    { "expiresAt", new BsonDocument("$lte", StoredInstants.ToMilliseconds(now)) },
                };
                var find = new MongoFind(KeyOnly, ByExpiry, Limit: Math.Min(limit, RowsPerCommand));
                var keys = (await rows.FindAsync(MongoTimerSchema.Timers, filter, find)).ConvertAll(row => row["_id"].AsUuid());
                var ended = new List<TimerRecord>();
                foreach (var row in keys.Count == 0 ? [] : (await ReadRowsAsync(rows, keys, withSpec: true)).Whole)
                {
                    // One that was resumed meanwhile, or ended by another Runner, is not ours to tell of.
                    if (ClaimSettlement.Expired(row, now) is { } expired
                        && await rows.UpdateAsync(MongoTimerSchema.Timers, TimerUpdates.Of(row, expired)) == 1)
                    {
                        ended.Add(expired);
                    }
                }

                return ended;
            },
            cancellationToken);
}
