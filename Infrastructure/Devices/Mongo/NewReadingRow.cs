using Contracts.Events;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Devices.Mongo;

/// <summary>A reading to be inserted.</summary>
internal sealed class NewReadingRow(BsonBinaryData key, long count, EventSource source, EventStamp stamp) : MongoRow
{
    public BsonBinaryData Key => key;

    public EventSource Source => source;

    public long Count => count;

    public override void Write(IBsonWriter writer)
    {
        writer.WriteName("_id");
        writer.WriteBinaryData(key);
        writer.WriteInt64("c", count);
        writer.WriteUuid("e", source.Position.Epoch);
        writer.WriteInt32("p", source.Position.Partition);
        writer.WriteInt64("o", source.Position.Offset);
        writer.WriteInt32("i", source.Index);
        writer.WriteInt64("r", StoredInstants.ToMilliseconds(stamp.ReceivedAt));
        if (stamp.Address is { } address)
        {
            writer.WriteString("a", address);
        }
    }
}
