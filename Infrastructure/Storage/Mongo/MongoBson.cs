using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Infrastructure.Storage.Mongo;

/// <summary>UUIDs in documents: binary of subtype 4, in big-endian order, so that version 7 sorts by time.</summary>
internal static class MongoBson
{
    public static BsonBinaryData Uuid(Guid value) => new(value, GuidRepresentation.Standard);

    /// <summary>An array of UUIDs.</summary>
    public static BsonArray Uuids(IEnumerable<Guid> values) => new(values.Select(Uuid));

    /// <summary>
    /// A condition: one of these values. For a single one it is the value itself, which servers look up without planning.
    /// </summary>
    public static BsonValue In(IReadOnlyCollection<Guid> values) =>
        values.Count == 1 ? Uuid(values.First()) : new BsonDocument("$in", Uuids(values));

    public static Guid AsUuid(this BsonValue value) => value.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    public static void WriteUuid(this IBsonWriter writer, string name, Guid value)
    {
        writer.WriteName(name);
        writer.WriteBinaryData(Uuid(value));
    }
}
