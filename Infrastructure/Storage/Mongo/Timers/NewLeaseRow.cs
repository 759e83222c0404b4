using Contracts.Timers;
using MongoDB.Bson.IO;

namespace Infrastructure.Storage.Mongo.Timers;

/// <summary>The document of a Runner's lease.</summary>
internal sealed class NewLeaseRow(RunnerLeaseRow lease) : MongoRow
{
    public override void Write(IBsonWriter writer)
    {
        writer.WriteUuid("_id", lease.Runner);
        writer.WriteBoolean("reaped", value: false);
        writer.WriteInt64("until", StoredInstants.ToMilliseconds(lease.Until));
        writer.WriteName("shards");
        writer.WriteStartArray();
        foreach (var shard in lease.Shards)
        {
            writer.WriteInt32(shard);
        }

        writer.WriteEndArray();
    }
}
