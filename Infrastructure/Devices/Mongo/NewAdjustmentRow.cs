using Contracts.Common;
using Contracts.Devices;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Devices.Mongo;

/// <summary>An adjustment to be inserted.</summary>
internal sealed class NewAdjustmentRow(BsonBinaryData key, ReadingAdjusted adjusted, LogPosition source) : MongoRow
{
    public override void Write(IBsonWriter writer)
    {
        writer.WriteName("_id");
        writer.WriteBinaryData(key);
        writer.WriteInt64("d", adjusted.Delta);
        writer.WriteUuid("e", source.Epoch);
        writer.WriteInt32("p", source.Partition);
        writer.WriteInt64("o", source.Offset);
        writer.WriteInt64("r", StoredInstants.ToMilliseconds(adjusted.Stamp.ReceivedAt));
        if (adjusted.Stamp.Address is { } address)
        {
            writer.WriteString("a", address);
        }

        writer.WriteString("event", adjusted.EventId);
        if (adjusted.Reason is { } reason)
        {
            writer.WriteString("reason", reason);
        }
    }
}
