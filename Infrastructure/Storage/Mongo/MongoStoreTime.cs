using Infrastructure.Storage.Mongo.Driver;

namespace Infrastructure.Storage.Mongo;

/// <summary>The clock of the primary, as its <c>hello</c> tells it.</summary>
internal sealed class MongoStoreTime(MongoConnection connection) : IStoreTime
{
    public Task<StoreTimeSample> SampleAsync(CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Vital, Sample, cancellationToken);

    private static StoreTimeSample Sample(MongoSession session)
    {
        StoreTimeSample? sample = null;
        using var hello = new BsonWriter().Int32("hello"u8, 1);
        session.Read(hello, reply =>
        {
            sample = new StoreTimeSample(DateTimeOffset.FromUnixTimeMilliseconds(reply.Find("localTime"u8).AsInt64()), Source(reply));
            return true;
        });
        return sample!;
    }

    /// <summary>Who is primary and since which election. Behind routers, who take turns answering, they count as one.</summary>
    private static string Source(BsonDocument hello)
    {
        if (hello.TryFind("msg"u8, out var message) && message.Type == BsonType.String && message.AsString() == "isdbgrid")
        {
            return "mongos";
        }

        var host = hello.TryFind("me"u8, out var me) ? me.AsString() : "mongod";
        return hello.TryFind("electionId"u8, out var election) ? $"{host} elected {election.ToHex()}" : host;
    }
}
