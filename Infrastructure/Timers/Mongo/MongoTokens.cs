using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Timers.Mongo;

/// <summary>Claim tokens, drawn from a counter in the store by the thousand: what a process does not use is lost, never reused.</summary>
internal sealed class MongoTokens(MongoConnection connection) : IDisposable
{
    private const int RangeSize = 1_000;
    private const int DuplicateKey = 11_000;

    private static readonly FindOneAndUpdateOptions<BsonDocument> Options =
        new() { IsUpsert = true, ReturnDocument = ReturnDocument.After };

    private readonly SemaphoreSlim gate = new(1);
    private long next = 1;
    private long last;

    public async Task<ClaimToken> DrawAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (next > last)
            {
                var drawn = await connection.RunAsync(MongoLane.Runner, DrawAsync, cancellationToken);
                (next, last) = (drawn - RangeSize + 1, drawn);
            }

            return new ClaimToken(next++);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private static async Task<long> DrawAsync(MongoRows rows)
    {
        while (true)
        {
            try
            {
                var counter = await rows.Collection(MongoTimerSchema.Counters).FindOneAndUpdateAsync(
                    new BsonDocument("_id", "claims"), new BsonDocument("$inc", new BsonDocument("last", (long)RangeSize)), Options);
                return counter["last"].ToInt64();
            }
            catch (MongoCommandException failure) when (failure.Code == DuplicateKey)
            {
                // Another one has made the counter's document in the same moment: next time it is found.
            }
        }
    }
}
