using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Contracts.Timers;

/// <summary>How clients' keys become the store's: both contenders for one key meet in one row and one partition.</summary>
public static class TimerKey
{
    /// <summary>A kernel call for each key would cost as much as reading the request does.</summary>
    private const int RandomAhead = 4_096;

    [ThreadStatic]
    private static byte[]? random;

    [ThreadStatic]
    private static int randomLeft;

    /// <summary>Key (and visible id) of a timer for which the client chose none: a UUID of version 7 (RFC 9562 §5.7).</summary>
    /// <param name="now">Its first 48 bits, in milliseconds.</param>
    public static Guid New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds() << 16);
        TakeRandom(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Key of a timer whose client chose the id. A UUID is the key itself; anything else is hashed.</summary>
    public static Guid FromId(string id) => TryParseUuid(id, out var key) ? key : Derive("id", id);

    /// <summary>Key (and visible id) of a timer created under an <c>Idempotency-Key</c>.</summary>
    public static Guid FromIdempotencyKey(string value) => Derive("idempotency-key", value);

    /// <summary>True for the 36-character form with hyphens, in either case.</summary>
    public static bool TryParseUuid(string id, out Guid key) =>
        // The parser is lenient (blanks around it, signs, 0x); two ids must never meet in one key.
        Guid.TryParseExact(id, "D", out key) && id.Equals(key.ToString("D"), StringComparison.OrdinalIgnoreCase);

    private static void TakeRandom(Span<byte> bytes)
    {
        var ahead = random ??= new byte[RandomAhead];
        if (randomLeft < bytes.Length)
        {
            RandomNumberGenerator.Fill(ahead);
            randomLeft = ahead.Length;
        }

        randomLeft -= bytes.Length;
        ahead.AsSpan(randomLeft, bytes.Length).CopyTo(bytes);
    }

    /// <summary>A UUID of version 8 (RFC 9562 §5.8) from the first 122 free bits of SHA-256(kind, 0, value).</summary>
    private static Guid Derive(string kind, string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\0{value}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>64 bits of SHA-256 over a request's content.</summary>
    public static long Fingerprint(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
