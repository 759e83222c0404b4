using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson.IO;

namespace Infrastructure.Timers.Mongo;

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
