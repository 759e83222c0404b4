using System.Buffers.Binary;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>Reads a BSON document where it lies. Bytes that are none throw <see cref="InvalidDataException"/>.</summary>
internal readonly ref struct BsonDocument
{
    private readonly ReadOnlySpan<byte> bytes;

    /// <param name="bytes">The document, from its length to its closing zero.</param>
    public BsonDocument(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5 || BinaryPrimitives.ReadInt32LittleEndian(bytes) != bytes.Length || bytes[^1] != 0)
        {
            throw new InvalidDataException("This is not a BSON document.");
        }

        this.bytes = bytes;
    }

    public int Length => bytes.Length;

    public Enumerator GetEnumerator() => new(bytes[4..^1]);

    public bool TryFind(ReadOnlySpan<byte> name, out BsonElement found)
    {
        foreach (var element in this)
        {
            if (element.Name.SequenceEqual(name))
            {
                found = element;
                return true;
            }
        }

        found = default;
        return false;
    }

    public BsonElement Find(ReadOnlySpan<byte> name) => TryFind(name, out var found)
        ? found
        : throw new InvalidDataException($"The field {System.Text.Encoding.UTF8.GetString(name)} is missing.");

    internal ref struct Enumerator(ReadOnlySpan<byte> elements)
    {
        private ReadOnlySpan<byte> rest = elements;

        public BsonElement Current { get; private set; }

        public bool MoveNext()
        {
            if (rest.IsEmpty)
            {
                return false;
            }

            var type = (BsonType)rest[0];
            var name = rest[1..];
            var end = name.IndexOf((byte)0);
            if (end < 0)
            {
                throw new InvalidDataException("A BSON name does not end.");
            }

            var value = name[(end + 1)..];
            var size = BsonElement.SizeOf(type, value);
            if (size < 0 || size > value.Length)
            {
                throw new InvalidDataException("A BSON value does not end.");
            }

            Current = new BsonElement(type, name[..end], value[..size]);
            rest = value[size..];
            return true;
        }
    }
}
