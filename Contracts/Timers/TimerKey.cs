using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;

namespace Contracts.Timers;

/// <summary>
/// How tenants' ids become the store's keys: contenders for one id meet in one row and one partition, those of two tenants never do.
/// </summary>
/// <remarks>
/// For the default tenant a UUID is the key itself, as in the first release. Every key of another tenant is derived from the
/// tenant's name and the id, and has a form (<see cref="IsDerivedOfTenant"/>) that no key of the default tenant has.
/// </remarks>
public static class TimerKey
{
    /// <summary>A kernel call for each key would cost as much as reading the request.</summary>
    private const int RandomAhead = 4_096;

    [ThreadStatic]
    private static byte[]? random;

    [ThreadStatic]
    private static int randomLeft;

    /// <summary>The first 24 bits of a key derived of a tenant; chosen at random.</summary>
    private const uint TenantMark = 0xB7_3E_5C;

    /// <summary>An id for a timer whose client chose none, and its key.</summary>
    /// <param name="tenant">The tenant that it belongs to.</param>
    /// <param name="now">See <see cref="New"/>.</param>
    public static DrawnKey Draw(string tenant, DateTimeOffset now)
    {
        var id = New(now);
        return new DrawnKey(id, tenant == Tenant.Default ? id : Derive(tenant, "id", id.ToString("D")));
    }

    /// <summary>A UUID of version 7 (RFC 9562 §5.7): the id of a timer for which the client chose none.</summary>
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

    /// <summary>
    /// Key of the timer with this id, whoever chose it. For the default tenant a UUID is the key itself; anything else is hashed.
    /// </summary>
    public static Guid FromId(string tenant, string id)
    {
        if (!TryParseUuid(id, out var uuid))
        {
            return Derive(tenant, "id", id);
        }

        // A UUID is the same in either case. One that looks like another tenant's key must not be it.
        return tenant == Tenant.Default && !IsDerivedOfTenant(uuid) ? uuid : Derive(tenant, "id", uuid.ToString("D"));
    }

    /// <summary>The id of a timer created under an <c>Idempotency-Key</c>; for the default tenant it is also the key.</summary>
    public static Guid IdFromIdempotencyKey(string tenant, string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(tenant, "idempotency-key", value, hash);
        return ToUuid(hash);
    }

    /// <summary>
    /// Whether a create's key matches its tenant and id; otherwise it could take somebody else's key.
    /// </summary>
    public static bool IsOwn(string tenant, TimerScheduled created)
    {
        ArgumentNullException.ThrowIfNull(created);
        return created.Spec.OwnId is { } id
            ? created.TimerId == FromId(tenant, id)
            : tenant == Tenant.Default && !IsDerivedOfTenant(created.TimerId);
    }

    /// <summary>
    /// Whether it has the form of keys that are derived of a tenant: version 8, a variant that no UUID has (RFC 9562 §4.1), 24 bits of
    /// ours.
    /// </summary>
    public static bool IsDerivedOfTenant(Guid key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8 == TenantMark && bytes[6] >> 4 == 8 && bytes[8] >> 5 == 7;
    }

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

    /// <summary>For the default tenant a version 8 UUID; for others our own form, with 97 bits of the hash.</summary>
    private static Guid Derive(string tenant, string kind, string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(tenant, kind, value, hash);
        if (tenant == Tenant.Default)
        {
            return ToUuid(hash);
        }

        BinaryPrimitives.WriteUInt32BigEndian(hash, (TenantMark << 8) | hash[3]);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] |= 0xE0;
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>SHA-256(kind, 0, value), before them the tenant and 0 unless it is the default one. None of them holds a 0.</summary>
    private static void Hash(string tenant, string kind, string value, Span<byte> hash) => SHA256.HashData(
        Encoding.UTF8.GetBytes(tenant == Tenant.Default ? $"{kind}\0{value}" : $"{tenant}\0{kind}\0{value}"), hash);

    /// <summary>A UUID of version 8 (RFC 9562 §5.8) from the first 122 free bits of a hash.</summary>
    private static Guid ToUuid(Span<byte> hash)
    {
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
