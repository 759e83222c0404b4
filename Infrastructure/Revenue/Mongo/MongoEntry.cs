using Contracts.Common;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// An entry to be inserted. Its document is also the claim of its id: what was purged leaves nothing but that behind.
/// </summary>
internal sealed class MongoEntry(string tenant, string user, LedgerEntry entry, EventSource source) : MongoRow
{
    /// <summary>The field with the place among the user's entries; only of entries that are kept.</summary>
    public const string Place = "k";

    /// <summary>The field with the place among all entries of the tenant.</summary>
    public const string PlaceOfAll = "t";

    /// <summary>The field with the instant of an entry that is not kept any more.</summary>
    public const string Retired = "x";

    /// <summary>The field of entries that are yet to be archived: tenant and user, which are hashed elsewhere.</summary>
    public const string Unarchived = "w";

    /// <summary>The field with the instant when it was received, in milliseconds.</summary>
    public const string ReceivedAt = "r";

    private const string Effect = "v";
    private const string Currency = "c";
    private const string Original = "g";

    /// <summary>The fields of a claim are the source's; all these go with the entry.</summary>
    private static readonly string[] OfEntry = [Place, PlaceOfAll, Effect, Currency, "n", "id", Original, "m", ReceivedAt, "a", Unarchived];

    public byte[] User { get; } = MongoRevenueKeys.User(tenant, user);

    public byte[] All { get; } = MongoRevenueKeys.All(tenant);

    public LedgerEntry Entry => entry;

    public bool IsToBeArchived { get; init; }

    public EventSource Source => source;

    public BsonBinaryData Id => MongoRevenueKeys.Entry(User, entry.EventId);

    public override void Write(IBsonWriter writer)
    {
        var hash = MongoRevenueKeys.EventHash(entry.EventId);
        writer.WriteName("_id");
        writer.WriteBinaryData(Id);
        writer.WriteName(Place);
        writer.WriteBinaryData(MongoRevenueKeys.Place(User, entry.At, hash));
        writer.WriteName(PlaceOfAll);
        writer.WriteBinaryData(MongoRevenueKeys.Place(All, entry.At, hash));
        writer.WriteName(Effect);
        writer.WriteDecimal128(MongoSums.Write(entry.Effect.Units).Value);
        writer.WriteString(Currency, entry.Currency);
        WriteText(writer, "n", entry.Name);
        writer.WriteString("id", entry.EventId);
        WriteText(writer, Original, entry.Original);
        WriteText(writer, "m", entry.Reason);
        writer.WriteUuid("e", source.Position.Epoch);
        writer.WriteInt32("p", source.Position.Partition);
        writer.WriteInt64("o", source.Position.Offset);
        writer.WriteInt32("i", source.Index);
        writer.WriteInt64(ReceivedAt, StoredInstants.ToMilliseconds(entry.ReceivedAt));
        WriteText(writer, "a", entry.Address);
        if (IsToBeArchived)
        {
            writer.WriteStartDocument(Unarchived);
            writer.WriteString("t", tenant);
            writer.WriteString("u", user);
            writer.WriteEndDocument();
        }
    }

    /// <summary>Where a document, of an entry or of a claim alone, came from.</summary>
    public static EventSource SourceOf(BsonDocument row) => new(
        new LogPosition(row["e"].AsUuid(), row["p"].AsInt32, row["o"].AsInt64), row["i"].AsInt32);

    public static long AtOf(BsonDocument row) => MongoRevenueKeys.AtOf(row[Place]);

    public static Amount EffectOf(BsonDocument row) => new(MongoSums.Read(row[Effect]));

    public static string CurrencyOf(BsonDocument row) => row[Currency].AsString;

    /// <summary>Whether it can be adjusted: it is kept, and no adjustment itself.</summary>
    public static bool IsAdjustable(BsonDocument row) => row.Contains(Place) && !row.Contains(Original);

    /// <summary>What leaves the claim of an entry behind.</summary>
    public static BsonDocument Retire(BsonDocument row) => new()
    {
        { "$set", new BsonDocument(Retired, AtOf(row)) },
        { "$unset", new BsonDocument(OfEntry.Select(field => new BsonElement(field, string.Empty))) },
    };

    public static LedgerEntry Read(BsonDocument row) => new(
        row["id"].AsString, AtOf(row), EffectOf(row), CurrencyOf(row), TextOf(row, "n"), TextOf(row, Original), TextOf(row, "m"),
        StoredInstants.FromMilliseconds(row[ReceivedAt].AsInt64), TextOf(row, "a"));

    private static string? TextOf(BsonDocument row, string field) => row.TryGetValue(field, out var value) ? value.AsString : null;

    private static void WriteText(IBsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}
