using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>The primary's clock, as its <c>hello</c> reports it.</summary>
/// <remarks>The driver never retries a command of this kind, so the reply belongs to the request that was timed.</remarks>
internal sealed class MongoStoreTime(MongoConnection connection) : IStoreTime
{
    private static readonly BsonDocumentCommand<BsonDocument> Hello = new(new BsonDocument("hello", 1));

    public Task<StoreTimeSample> SampleAsync(CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Vital, SampleAsync, cancellationToken);

    private static async Task<StoreTimeSample> SampleAsync(MongoRows rows)
    {
        var reply = await rows.Database.RunCommandAsync(Hello, ReadPreference.Primary);
        return new StoreTimeSample(
            DateTimeOffset.FromUnixTimeMilliseconds(reply["localTime"].AsBsonDateTime.MillisecondsSinceEpoch), Source(reply));
    }

    /// <summary>Who is primary, and since which election. Routers, which take turns answering, count as one.</summary>
    private static string Source(BsonDocument hello)
    {
        if (hello.GetValue("msg", BsonNull.Value) == "isdbgrid")
        {
            return "mongos";
        }

        var host = hello.GetValue("me", "mongod").AsString;
        return hello.TryGetValue("electionId", out var election) ? $"{host} elected {election}" : host;
    }
}
