using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

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
            var byState = await connection.RunAsync(MongoLane.Clients, Count, cancellationToken);
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

    private static Dictionary<TimerState, long> Count(MongoSession session)
    {
        // The condition holds of every row; it is there so that the index is read and not the rows.
        using var command = new BsonWriter()
            .String("aggregate"u8, MongoTimerSchema.Timers)
            .Array("pipeline"u8)
                .Document().Document("$match"u8).Document("state"u8).Int32("$gte"u8, 0).End().End().End()
                .Document().Document("$group"u8)
                    .String("_id"u8, "$state").Document("timers"u8).Int32("$sum"u8, 1).End()
                .End().End()
            .End()
            .Document("cursor"u8).End();
        var counts = new Dictionary<TimerState, long>();
        session.Read(command, reply =>
        {
            foreach (var group in reply.Find("cursor"u8).AsDocument().Find("firstBatch"u8).AsDocument())
            {
                var count = group.AsDocument();
                counts[MongoTimerSchema.ToState(count.Find("_id"u8).AsInt32())] = count.Find("timers"u8).AsInt64();
            }

            return true;
        });
        return counts;
    }
}
