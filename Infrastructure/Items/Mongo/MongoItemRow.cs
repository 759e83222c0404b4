using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Items.Mongo;

/// <summary>A user, a base item, an item or a transfer to be inserted.</summary>
/// <param name="id">Its key, which is also the claim of its id.</param>
/// <param name="tenant">The key of the tenant.</param>
/// <param name="at">When it happened.</param>
/// <param name="source">Where it came from.</param>
/// <param name="stamp">When and from where it came.</param>
/// <param name="writeOwn">Writes the fields that only such rows have; null if there are none.</param>
internal sealed class MongoItemRow(
    BsonBinaryData id, byte[] tenant, long at, LogPosition source, EventStamp stamp, Action<IBsonWriter>? writeOwn = null) : MongoRow
{
    /// <summary>The field with tenant and instant.</summary>
    public const string Time = "t";

    /// <summary>The field with the place of a transfer among those of its item.</summary>
    public const string Place = "k";

    /// <summary>The field with the user who received an item.</summary>
    public const string Recipient = "u";

    /// <summary>The field with the instant at which a transfer was purged; what is left of it is its claim.</summary>
    public const string Retired = "x";

    /// <summary>The field of transfers that are to be purged, as a later one has come.</summary>
    public const string Replaced = "y";

    private const string Description = "d";
    private const string Base = "b";
    private const string EventId = "n";

    /// <summary>These go with a transfer.</summary>
    private static readonly string[] OfTransfer = [Place, EventId, Recipient, "r", "a", Replaced];

    public BsonBinaryData Id => id;

    public byte[] Tenant => tenant;

    public long At => at;

    public LogPosition Source => source;

    public static MongoItemRow Of(byte[] tenant, LogPosition source, UserCreated message) =>
        new(MongoItemKeys.Id(tenant, message.User), tenant, message.At, source, message.Stamp);

    public static MongoItemRow Of(byte[] tenant, LogPosition source, BaseItemCreated message) => new(
        MongoItemKeys.Id(tenant, message.BaseItem), tenant, message.At, source, message.Stamp,
        writer => writer.WriteString(Description, message.Description));

    public static MongoItemRow Of(byte[] tenant, LogPosition source, ItemCreated message) => new(
        MongoItemKeys.Id(tenant, message.Item), tenant, message.At, source, message.Stamp,
        writer => writer.WriteUuid(Base, message.BaseItem));

    public static MongoItemRow Of(byte[] tenant, LogPosition source, ItemTransferred message) => new(
        MongoItemKeys.Transfer(tenant, message.Item, message.EventId), tenant, message.At, source, message.Stamp,
        writer =>
        {
            writer.WriteName(Place);
            writer.WriteBinaryData(MongoItemKeys.Place(tenant, message.Item, message.At, source));
            writer.WriteString(EventId, message.EventId);
            writer.WriteUuid(Recipient, message.To);
        });

    /// <summary>What leaves the claim of a transfer behind, with the instant, so that counts can still be compared.</summary>
    public static BsonDocument Retire(long now) => new()
    {
        { "$set", new BsonDocument(Retired, now) },
        { "$unset", new BsonDocument(OfTransfer.Select(field => new BsonElement(field, string.Empty))) },
    };

    public override void Write(IBsonWriter writer)
    {
        writer.WriteName("_id");
        writer.WriteBinaryData(id);
        writer.WriteName(Time);
        writer.WriteBinaryData(MongoItemKeys.Time(tenant, at));
        writer.WriteUuid("e", source.Epoch);
        writer.WriteInt32("p", source.Partition);
        writer.WriteInt64("o", source.Offset);
        writer.WriteInt64("r", StoredInstants.ToMilliseconds(stamp.ReceivedAt));
        if (stamp.Address is { } address)
        {
            writer.WriteString("a", address);
        }

        writeOwn?.Invoke(writer);
    }

    public static LogPosition SourceOf(BsonDocument row) => new(row["e"].AsUuid(), row["p"].AsInt32, row["o"].AsInt64);

    public static long AtOf(BsonDocument row) => MongoItemKeys.AtOf(row[Time]);

    public static ItemUser ReadUser(BsonDocument row) => new(MongoItemKeys.IdOf(row["_id"]), AtOf(row), EventSourceOf(row));

    public static BaseItem ReadBaseItem(BsonDocument row) =>
        new(MongoItemKeys.IdOf(row["_id"]), row[Description].AsString, AtOf(row), EventSourceOf(row));

    public static Item ReadItem(BsonDocument row) =>
        new(MongoItemKeys.IdOf(row["_id"]), row[Base].AsUuid(), AtOf(row), EventSourceOf(row));

    public static ItemTransfer ReadTransfer(BsonDocument row) => new(
        MongoItemKeys.IdOf(row["_id"]), row[EventId].AsString, row[Recipient].AsUuid(), AtOf(row), EventSourceOf(row),
        new EventStamp(
            StoredInstants.FromMilliseconds(row["r"].AsInt64), row.TryGetValue("a", out var address) ? address.AsString : null));

    private static EventSource EventSourceOf(BsonDocument row) => new(SourceOf(row), 0);
}
