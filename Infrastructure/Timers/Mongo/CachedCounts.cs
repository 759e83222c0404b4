using Contracts.Common;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>
/// Timers per tenant and state, counted from the index; that takes a while with many, so all askers share one count for some time.
/// </summary>
internal sealed class CachedCounts(MongoConnection connection, TimeSpan age, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private Count? last;

    public async Task<TimerCounts> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
        {
            return known.Of(tenant);
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } counted)
            {
                return counted.Of(tenant);
            }

            var asOf = time.GetUtcNow();
            var started = time.GetTimestamp();
            last = new Count(asOf, started, await connection.RunAsync(MongoLane.Clients, CountAsync, cancellationToken));
            return last.Of(tenant);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private Count? Fresh() => last is { } known && time.GetElapsedTime(known.Began) < age ? known : null;

    private static async Task<ILookup<string, KeyValuePair<TimerState, long>>> CountAsync(MongoRows rows)
    {
        // The condition holds of every row that is not damaged; it is there so that the index is read and not the rows.
        var counts = await rows.Collection(MongoTimerSchema.Timers).Aggregate()
            .Match(new BsonDocument("state", MongoTimerSchema.AnyState))
            .Group<BsonDocument>(new BsonDocument
            {
                { "_id", new BsonDocument { { "tenant", "$tenant" }, { "state", "$state" } } },
                { "timers", new BsonDocument("$sum", 1) },
            })
            .ToListAsync();
        return counts.ToLookup(
            count => count["_id"].AsBsonDocument.GetValue("tenant", BsonNull.Value) is BsonString tenant ? tenant.Value : Tenant.Default,
            count => KeyValuePair.Create(MongoTimerSchema.ToState(count["_id"]["state"].ToInt32()), count["timers"].ToInt64()));
    }

    private sealed record Count(DateTimeOffset AsOf, long Began, ILookup<string, KeyValuePair<TimerState, long>> ByTenant)
    {
        public TimerCounts Of(string tenant) =>
            new(
                AsOf,
                ByTenant[tenant].GroupBy(count => count.Key).ToDictionary(state => state.Key, state => state.Sum(count => count.Value)));
    }
}
