using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Items;
using MongoDB.Bson;

namespace Infrastructure.Items.Mongo;

/// <summary>
/// Keys of the items' documents: binary, of equal length within a collection, so that they sort byte by byte and what is read together is
/// one range.
/// </summary>
internal static class MongoItemKeys
{
    public const int TenantBytes = 16;
    private const int IdBytes = 16;
    private const int LogBytes = 16 + sizeof(int);
    private const int ItemBytes = TenantBytes + IdBytes;
    private const int TransferBytes = ItemBytes + IdBytes;
    private const int PlaceBytes = ItemBytes + sizeof(long) + LogBytes + sizeof(long);
    private const int KindBytes = TenantBytes + 2;
    private const int SumBytes = KindBytes + sizeof(long) + LogBytes;

    /// <summary>The first 128 bits of SHA-256 over the tenant.</summary>
    public static byte[] Tenant(string tenant) => Hash(tenant);

    /// <summary>A user, a base item or an item.</summary>
    public static BsonBinaryData Id(byte[] tenant, Guid id) => new([.. tenant, .. Bytes(id)]);

    /// <summary>A transfer's claim: what comes with the same id is a repetition.</summary>
    public static BsonBinaryData Transfer(byte[] tenant, Guid item, string eventId) => new([.. tenant, .. Bytes(item), .. Hash(eventId)]);

    /// <summary>The claims of all transfers of a tenant.</summary>
    public static BsonDocument TransfersOf(byte[] tenant)
    {
        var (first, last) = (new byte[TransferBytes], new byte[TransferBytes]);
        last.AsSpan().Fill(byte.MaxValue);
        tenant.CopyTo(first, 0);
        tenant.CopyTo(last, 0);
        return new BsonDocument { { "$gte", new BsonBinaryData(first) }, { "$lte", new BsonBinaryData(last) } };
    }

    /// <summary>The id behind the tenant in a document's key.</summary>
    public static Guid IdOf(BsonValue key) => new(key.AsBsonBinaryData.Bytes.AsSpan(TenantBytes, IdBytes), bigEndian: true);

    /// <summary>Where something stands among all of its collection and tenant.</summary>
    public static BsonBinaryData Time(byte[] tenant, long at) => new([.. tenant, .. Sortable(at)]);

    public static long AtOf(BsonValue time) => Number(time.AsBsonBinaryData.Bytes.AsSpan(TenantBytes));

    /// <summary>Where a transfer stands among those of its item: the last one tells who owns it.</summary>
    public static BsonBinaryData Place(byte[] tenant, Guid item, long at, LogPosition log) =>
        new([.. tenant, .. Bytes(item), .. Sortable(at), .. Log(log), .. Sortable(log.Offset)]);

    /// <summary>Places of an item: all, or those beyond one.</summary>
    public static BsonDocument PlacesOf(byte[] tenant, Guid item, BsonBinaryData? after, bool isNewestFirst)
    {
        var (first, last) = (new byte[PlaceBytes], new byte[PlaceBytes]);
        last.AsSpan().Fill(byte.MaxValue);
        byte[] prefix = [.. tenant, .. Bytes(item)];
        prefix.CopyTo(first, 0);
        prefix.CopyTo(last, 0);
        return new BsonDocument
        {
            { "$gt", !isNewestFirst && after is not null ? after : new BsonBinaryData(first) },
            { "$lt", isNewestFirst && after is not null ? after : new BsonBinaryData(last) },
        };
    }

    /// <summary>Places of an item from before an instant.</summary>
    public static BsonDocument PlacesBefore(byte[] tenant, Guid item, long at)
    {
        var (first, end) = (new byte[PlaceBytes], new byte[PlaceBytes]);
        ((byte[])[.. tenant, .. Bytes(item)]).CopyTo(first, 0);
        ((byte[])[.. tenant, .. Bytes(item), .. Sortable(at)]).CopyTo(end, 0);
        return new BsonDocument { { "$gte", new BsonBinaryData(first) }, { "$lt", new BsonBinaryData(end) } };
    }

    /// <summary>A document of counts.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="what">Of what.</param>
    /// <param name="kind">Of which span.</param>
    /// <param name="bucket">The span's number.</param>
    /// <param name="log">The partition, which alone writes it.</param>
    public static BsonBinaryData Sum(byte[] tenant, ItemStatistic what, MongoItemKind kind, long bucket, LogPosition log) =>
        new([.. tenant, (byte)what, (byte)kind, .. Sortable(bucket), .. Log(log)]);

    public static MongoItemKind KindOf(BsonValue sum) => (MongoItemKind)sum.AsBsonBinaryData.Bytes[KindBytes - 1];

    public static long BucketOf(BsonValue sum) => Number(sum.AsBsonBinaryData.Bytes.AsSpan(KindBytes));

    /// <summary>Counts of buckets from one to before another.</summary>
    public static BsonDocument SumsBetween(byte[] tenant, ItemStatistic what, MongoItemKind kind, long from, long end) => new(
        "_id", new BsonDocument { { "$gte", First(tenant, what, kind, from) }, { "$lt", First(tenant, what, kind, end) } });

    private static BsonBinaryData First(byte[] tenant, ItemStatistic what, MongoItemKind kind, long bucket)
    {
        var bytes = new byte[SumBytes];
        ((byte[])[.. tenant, (byte)what, (byte)kind, .. Sortable(bucket)]).CopyTo(bytes, 0);
        return new BsonBinaryData(bytes);
    }

    private static byte[] Log(LogPosition log)
    {
        var bytes = new byte[LogBytes];
        log.Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LogBytes - sizeof(int)), log.Partition);
        return bytes;
    }

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>Signed numbers sort as unsigned ones once their first bit is inverted.</summary>
    private static byte[] Sortable(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number ^ long.MinValue);
        return bytes;
    }

    private static long Number(ReadOnlySpan<byte> sortable) => BinaryPrimitives.ReadInt64BigEndian(sortable) ^ long.MinValue;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
}
