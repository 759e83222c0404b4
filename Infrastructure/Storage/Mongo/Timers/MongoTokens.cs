using Contracts.Timers;
using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>Claim tokens, drawn from a counter in the store by the thousand: what a process does not use is lost, never reused.</summary>
internal sealed class MongoTokens(MongoConnection connection) : IDisposable
{
    private const int RangeSize = 1_000;

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
                var drawn = await connection.RunAsync(MongoLane.Runner, Draw, cancellationToken);
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

    private static long Draw(MongoSession session)
    {
        // Two that make the counter's document at once meet in a duplicate key; the one that lost finds it there.
        long drawn;
        do
        {
            drawn = 0;
            using var command = new BsonWriter()
                .String("findAndModify"u8, MongoTimerSchema.Counters)
                .Document("query"u8).String("_id"u8, "claims").End()
                .Document("update"u8).Document("$inc"u8).Int64("last"u8, RangeSize).End().End()
                .Boolean("upsert"u8, value: true)
                .Boolean("new"u8, value: true);
            session.Write(command, reply =>
            {
                drawn = reply.TryFind("value"u8, out var value) && !value.IsNull ? value.AsDocument().Find("last"u8).AsInt64() : 0;
                return true;
            });
        }
        while (drawn == 0);

        return drawn;
    }
}
