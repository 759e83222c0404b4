using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// An event to be inserted. Its document is also the claim of its id: what was purged or erased leaves nothing but that behind.
/// </summary>
internal sealed class MongoSiteEvent(byte[] site, SiteEvent siteEvent, EventSource source, EventStamp stamp) : MongoRow
{
    /// <summary>The field with the place in time; only of events that are kept.</summary>
    public const string Place = "k";

    /// <summary>The field with the instant of an event that is not kept any more.</summary>
    public const string Retired = "x";

    /// <summary>The fields of a claim; all others go with the event.</summary>
    private static readonly string[] OfEvent = [Place, "y", "w", "u", "v", "b", "f", "m", "n", "r", "a"];

    private readonly Guid own = SiteEventKey.Of(siteEvent.EventId, out _);

    public byte[] Site => site;

    public SiteEvent Event => siteEvent;

    public EventSource Source => source;

    public BsonBinaryData Id => MongoSiteKeys.Event(site, own);

    public override void Write(IBsonWriter writer)
    {
        _ = SiteEventKey.Of(siteEvent.EventId, out var isUuid);
        writer.WriteName("_id");
        writer.WriteBinaryData(Id);
        writer.WriteName(Place);
        writer.WriteBinaryData(MongoSiteKeys.Place(site, siteEvent.At, own));
        writer.WriteString("y", siteEvent.Type);
        writer.WriteString("w", siteEvent.Path);
        WriteText(writer, "u", siteEvent.User);
        if (siteEvent is { User: null, Visitor: { } visitor })
        {
            writer.WriteInt64("v", visitor);
        }

        if (siteEvent.IsBot)
        {
            writer.WriteBoolean("b", true);
        }

        WriteText(writer, "f", siteEvent.Referrer);
        if (SiteExtra.Write(siteEvent) is { } extra)
        {
            writer.WriteName("m");
            writer.WriteBinaryData(new BsonBinaryData(extra));
        }

        WriteText(writer, "n", isUuid ? null : siteEvent.EventId);
        writer.WriteUuid("e", source.Position.Epoch);
        writer.WriteInt32("p", source.Position.Partition);
        writer.WriteInt64("o", source.Position.Offset);
        writer.WriteInt32("i", source.Index);
        writer.WriteInt64("r", StoredInstants.ToMilliseconds(stamp.ReceivedAt));
        WriteText(writer, "a", stamp.Address);
    }

    /// <summary>Where a document, of an event or of a claim alone, came from.</summary>
    public static EventSource SourceOf(BsonDocument row) => new(
        new LogPosition(row["e"].AsUuid(), row["p"].AsInt32, row["o"].AsInt64), row["i"].AsInt32);

    /// <summary>What leaves the claim of an event behind.</summary>
    public static BsonDocument Retire(BsonDocument row) => new()
    {
        { "$set", new BsonDocument(Retired, MongoSiteKeys.AtOf(row[Place])) },
        { "$unset", new BsonDocument(OfEvent.Select(field => new BsonElement(field, string.Empty))) },
    };

    public static StoredSiteEvent Read(BsonDocument row, bool withArrival)
    {
        var key = MongoSiteKeys.EventOf(row[Place]);
        var extra = row.TryGetValue("m", out var more) ? SiteExtra.Read(more.AsBsonBinaryData.Bytes) : null;
        var read = new StoredSiteEvent(
            new SiteEvent(MongoSiteKeys.AtOf(row[Place]), row["y"].AsString, row["w"].AsString, ReadText(row, "n") ?? key.ToString("D"))
            {
                User = ReadText(row, "u"),
                Visitor = row.TryGetValue("v", out var visitor) ? visitor.AsInt64 : null,
                IsBot = row.Contains("b"),
                Referrer = ReadText(row, "f"),
                Utm = extra?.Utm,
                Properties = extra?.Properties,
                Address = extra?.Address,
            },
            key);
        return withArrival
            ? read with { ReceivedAt = StoredInstants.FromMilliseconds(row["r"].AsInt64), Address = ReadText(row, "a") }
            : read;
    }

    private static string? ReadText(BsonDocument row, string field) => row.TryGetValue(field, out var value) ? value.AsString : null;

    private static void WriteText(IBsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}

/// <summary>A visitor to be inserted, who is nothing but a key.</summary>
internal sealed class MongoVisitorRow(BsonBinaryData id) : MongoRow
{
    public override void Write(IBsonWriter writer)
    {
        writer.WriteName("_id");
        writer.WriteBinaryData(id);
    }
}
