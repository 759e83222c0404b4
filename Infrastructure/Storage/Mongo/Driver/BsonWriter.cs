using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>Writes one BSON document into a pooled buffer. Inside an array the names given are ignored: elements are numbered.</summary>
/// <remarks>Dispose of it where it was used last: after that the bytes belong to somebody else.</remarks>
internal sealed class BsonWriter : IDisposable
{
    private const byte UuidSubtype = 4;

    private readonly Stack<Level> outer = new();
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(1024);
    private int length;
    private Level level;

    public BsonWriter() => Open(isArray: false);

    /// <summary>Bytes so far, to keep a message within bounds.</summary>
    public int Length => length;

    public BsonWriter Document(ReadOnlySpan<byte> name = default) => Nest(BsonType.Document, name);

    public BsonWriter Array(ReadOnlySpan<byte> name = default) => Nest(BsonType.Array, name);

    /// <summary>Ends the innermost document or array.</summary>
    public BsonWriter End()
    {
        Seal();
        level = outer.Pop();
        return this;
    }

    public BsonWriter Int32(ReadOnlySpan<byte> name, int value)
    {
        Name(BsonType.Int32, name);
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);
        return this;
    }

    public BsonWriter Int64(ReadOnlySpan<byte> name, long value)
    {
        Name(BsonType.Int64, name);
        BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
        return this;
    }

    public BsonWriter Boolean(ReadOnlySpan<byte> name, bool value)
    {
        Name(BsonType.Boolean, name);
        Take(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public BsonWriter Null(ReadOnlySpan<byte> name)
    {
        Name(BsonType.Null, name);
        return this;
    }

    public BsonWriter String(ReadOnlySpan<byte> name, string value)
    {
        Name(BsonType.String, name);
        var size = Encoding.UTF8.GetByteCount(value);
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), size + 1);
        Encoding.UTF8.GetBytes(value, Take(size));
        Take(1)[0] = 0;
        return this;
    }

    /// <summary>Bytes without a meaning to the store (subtype 0).</summary>
    public BsonWriter Binary(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(BsonType.Binary, name);
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), value.Length);
        Take(1)[0] = 0;
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <summary>A UUID (subtype 4): in the order in which it is read aloud, so ids of version 7 sort by time.</summary>
    public BsonWriter Uuid(ReadOnlySpan<byte> name, Guid value)
    {
        Name(BsonType.Binary, name);
        BinaryPrimitives.WriteInt32LittleEndian(Take(4), 16);
        Take(1)[0] = UuidSubtype;
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
        return this;
    }

    /// <summary>An array of UUIDs.</summary>
    public BsonWriter Uuids(ReadOnlySpan<byte> name, IEnumerable<Guid> values)
    {
        Array(name);
        foreach (var value in values)
        {
            Uuid(default, value);
        }

        return End();
    }

    /// <summary>The whole document; nothing can be written to it any more.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        if (outer.Count > 0)
        {
            throw new InvalidOperationException("A document inside is not ended.");
        }

        if (!level.Sealed)
        {
            Seal();
            level = level with { Sealed = true };
        }

        return buffer.AsSpan(0, length);
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private BsonWriter Nest(BsonType type, ReadOnlySpan<byte> name)
    {
        Name(type, name);
        outer.Push(level);
        Open(type == BsonType.Array);
        return this;
    }

    private void Open(bool isArray)
    {
        level = new Level(length, isArray, 0);
        Take(4);
    }

    private void Seal()
    {
        Take(1)[0] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(level.Start), length - level.Start);
    }

    private void Name(BsonType type, ReadOnlySpan<byte> name)
    {
        Take(1)[0] = (byte)type;
        if (level.IsArray)
        {
            Utf8Formatter.TryFormat(level.Next, Take(10), out var digits);
            length -= 10 - digits;
            level = level with { Next = level.Next + 1 };
        }
        else
        {
            name.CopyTo(Take(name.Length));
        }

        Take(1)[0] = 0;
    }

    private Span<byte> Take(int count)
    {
        if (length + count > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + count, buffer.Length * 2));
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        var taken = buffer.AsSpan(length, count);
        length += count;
        return taken;
    }

    private readonly record struct Level(int Start, bool IsArray, int Next, bool Sealed = false);
}
