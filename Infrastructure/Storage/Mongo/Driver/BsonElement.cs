using System.Buffers.Binary;
using System.Text;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>A named value of a BSON document, where it lies.</summary>
internal readonly ref struct BsonElement(BsonType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    private readonly ReadOnlySpan<byte> value = value;

    public BsonType Type { get; } = type;

    public ReadOnlySpan<byte> Name { get; } = name;

    public bool IsNull => Type == BsonType.Null;

    /// <summary>Any number, truncated; also a date in milliseconds and a boolean as 0 or 1: servers answer <c>ok</c> and <c>n</c> in several types.</summary>
    public long AsInt64() => Type switch
    {
        BsonType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
        BsonType.Int64 or BsonType.DateTime or BsonType.Timestamp => BinaryPrimitives.ReadInt64LittleEndian(value),
        BsonType.Double => (long)BinaryPrimitives.ReadDoubleLittleEndian(value),
        BsonType.Boolean => value[0],
        _ => throw Unexpected("a number"),
    };

    public int AsInt32() => checked((int)AsInt64());

    public string AsString() => Type == BsonType.String ? Encoding.UTF8.GetString(value[4..^1]) : throw Unexpected("a text");

    public ReadOnlySpan<byte> AsBinary() => Type == BsonType.Binary ? value[5..] : throw Unexpected("bytes");

    public Guid AsUuid() => AsBinary() is { Length: 16 } bytes ? new Guid(bytes, bigEndian: true) : throw Unexpected("a UUID");

    /// <summary>A document, or an array, which is a document with numbers for names.</summary>
    public BsonDocument AsDocument() => Type is BsonType.Document or BsonType.Array ? new BsonDocument(value) : throw Unexpected("a document");

    /// <summary>The value's own bytes in hexadecimal: to tell one from another, whatever its type.</summary>
    public string ToHex() => Convert.ToHexString(value);

    /// <summary>How many of the bytes belong to a value that begins there; negative when it cannot be told.</summary>
    internal static int SizeOf(BsonType type, ReadOnlySpan<byte> bytes) => (byte)type switch
    {
        0x01 or 0x09 or 0x11 or 0x12 => 8,
        0x02 or 0x0D or 0x0E => Prefixed(bytes, 4, 1),
        0x03 or 0x04 => Prefixed(bytes, 0, 5),
        0x05 => Prefixed(bytes, 5, 0),
        0x06 or 0x0A or 0x7F or 0xFF => 0,
        0x07 => 12,
        0x08 => 1,
        0x0B => AfterTexts(bytes),
        0x10 => 4,
        0x13 => 16,
        _ => -1,
    };

    private static int Prefixed(ReadOnlySpan<byte> bytes, int more, int least)
    {
        if (bytes.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(bytes) is var size && size < least)
        {
            return -1;
        }

        return size > bytes.Length ? -1 : size + more;
    }

    /// <summary>A regular expression: two texts that end with zero.</summary>
    private static int AfterTexts(ReadOnlySpan<byte> bytes)
    {
        var first = bytes.IndexOf((byte)0) + 1;
        var second = bytes[first..].IndexOf((byte)0) + 1;
        return first > 0 && second > 0 ? first + second : -1;
    }

    private InvalidDataException Unexpected(string wanted) =>
        new($"The field {Encoding.UTF8.GetString(Name)} is of type {(byte)Type:x2} and not {wanted}.");
}
