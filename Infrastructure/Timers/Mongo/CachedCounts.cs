using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Timers per state, counted from the index; that takes a while with many, so all askers share one count for some time.</summary>
internal sealed class CachedCounts(MongoConnection connection, TimeSpan age, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private TimerCounts? last;
    private long readAt;

    public async Task<TimerCounts> ReadAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } counted)
            {
                return counted;
            }

            var asOf = time.GetUtcNow();
            var started = time.GetTimestamp();
            var byState = await connection.RunAsync(MongoLane.Clients, CountAsync, cancellationToken);
            readAt = started;
            return last = new TimerCounts(asOf, byState);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private TimerCounts? Fresh() => last is { } known && time.GetElapsedTime(readAt) < age ? known : null;

    private static async Task<Dictionary<TimerState, long>> CountAsync(MongoRows rows)
    {
        // The condition holds of every row; it is there so that the index is read and not the rows.
        var counts = await rows.Collection(MongoTimerSchema.Timers).Aggregate()
            .Match(new BsonDocument("state", new BsonDocument("$gte", 0)))
            .Group<BsonDocument>(new BsonDocument { { "_id", "$state" }, { "timers", new BsonDocument("$sum", 1) } })
            .ToListAsync();
        return counts.ToDictionary(count => MongoTimerSchema.ToState(count["_id"].ToInt32()), count => count["timers"].ToInt64());
    }
}
