using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Contracts.Common;

/// <summary>Names an accepted message, so that its sender can ask what became of it. Its text is opaque to clients.</summary>
/// <param name="Tenant">The tenant that sent it; no other tenant learns anything.</param>
/// <param name="Topic">The topic that it is on.</param>
/// <param name="Key">What the topic's slice finds it by, at most 2,048 bytes.</param>
/// <param name="Position">Its position; unknown if the log has no offsets.</param>
public sealed record TrackingId(string Tenant, string Topic, string Key, LogPosition Position)
{
    private const byte Format = 1;
    private const int MaxTextLength = 4_096;
    private const int PositionBytes = 16 + sizeof(int) + sizeof(long);
    private const int ChecksumBytes = 4;

    /// <summary>Base64url, about 120 characters: format, tenant, topic and key with a length before each, position, checksum.</summary>
    public override string ToString()
    {
        var size = 1 + Sized(Tenant) + Sized(Topic) + Sized(Key) + PositionBytes + ChecksumBytes;
        var bytes = size <= 512 ? stackalloc byte[size] : new byte[size];
        bytes[0] = Format;
        var at = 1;
        Write(bytes, ref at, Tenant);
        Write(bytes, ref at, Topic);
        Write(bytes, ref at, Key);
        Position.Epoch.TryWriteBytes(bytes[at..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(at + 16)..], Position.Partition);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(at + 20)..], Position.Offset);
        Checksum(bytes[..^ChecksumBytes], bytes[^ChecksumBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; anything else is refused, a mistyped one too.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TrackingId? id)
    {
        id = null;
        if (text.Length > MaxTextLength || !Base64Url.IsValid(text))
        {
            return false;
        }

        var bytes = new ReadOnlySpan<byte>(Base64Url.DecodeFromChars(text));
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        if (bytes.Length < 1 + (3 * sizeof(ushort)) + PositionBytes + ChecksumBytes || bytes[0] != Format)
        {
            return false;
        }

        Checksum(bytes[..^ChecksumBytes], checksum);
        var rest = bytes[1..^ChecksumBytes];
        if (!checksum.SequenceEqual(bytes[^ChecksumBytes..])
            || !TryRead(ref rest, out var tenant) || !TryRead(ref rest, out var topic) || !TryRead(ref rest, out var key)
            || rest.Length != PositionBytes)
        {
            return false;
        }

        var position = new LogPosition(
            new Guid(rest[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(rest[16..]),
            BinaryPrimitives.ReadInt64BigEndian(rest[20..]));
        id = new TrackingId(tenant, topic, key, position);
        return true;
    }

    private static int Sized(string text) => sizeof(ushort) + Encoding.UTF8.GetByteCount(text);

    private static void Write(Span<byte> bytes, ref int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, bytes[(at + sizeof(ushort))..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)length);
        at += sizeof(ushort) + length;
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = string.Empty;
        if (rest.Length < sizeof(ushort))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < sizeof(ushort) + length)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(rest.Slice(sizeof(ushort), length));
        rest = rest[(sizeof(ushort) + length)..];
        return true;
    }

    /// <summary>Against slips, not against forgers: whoever makes one up learns nothing beyond the tenant's own events.</summary>
    /// <remarks>CRC-32C (RFC 3720, appendix B.4): every item of a batch gets an id, of which SHA-256 was most of the cost.</remarks>
    private static void Checksum(ReadOnlySpan<byte> bytes, Span<byte> checksum)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        BinaryPrimitives.WriteUInt32BigEndian(checksum, ~crc);
    }
}
