using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using MongoDB.Bson;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Keys of revenue's documents: binary, of equal length within a collection, so that they sort byte by byte and what is read together is
/// one range.
/// </summary>
internal static class MongoRevenueKeys
{
    public const int ScopeBytes = 16;
    private const int EventBytes = 16;
    private const int PlaceBytes = ScopeBytes + sizeof(long) + EventBytes;
    private const int SumBytes = ScopeBytes + 1 + sizeof(int) + LogBytes;
    private const int LogBytes = 16 + sizeof(int);

    /// <summary>The first 128 bits of SHA-256 over tenant and id.</summary>
    public static byte[] User(string tenant, string user) => Hash($"{tenant}\0{user}");

    /// <summary>The scope of all users of a tenant, which no user's key is made of.</summary>
    public static byte[] All(string tenant) => Hash($"\0{tenant}");

    public static byte[] EventHash(string eventId) => Hash(eventId);

    /// <summary>An entry's claim.</summary>
    public static BsonBinaryData Entry(byte[] user, string eventId) => new([.. user, .. EventHash(eventId)]);

    /// <summary>An entry's place in time, within a scope.</summary>
    public static BsonBinaryData Place(byte[] scope, long at, ReadOnlySpan<byte> eventHash)
    {
        var bytes = new byte[PlaceBytes];
        scope.CopyTo(bytes, 0);

        // Signed numbers sort as unsigned ones once their first bit is inverted.
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(ScopeBytes), at ^ long.MinValue);
        eventHash.CopyTo(bytes.AsSpan(ScopeBytes + sizeof(long)));
        return new BsonBinaryData(bytes);
    }

    public static long AtOf(BsonValue place) =>
        BinaryPrimitives.ReadInt64BigEndian(place.AsBsonBinaryData.Bytes.AsSpan(ScopeBytes)) ^ long.MinValue;

    /// <summary>Entries of a scope from an instant to before another.</summary>
    public static BsonDocument EntriesBetween(string field, byte[] scope, long from, long to) => new(
        field, new BsonDocument { { "$gte", Place(scope, from, []) }, { "$lt", Place(scope, to, []) } });

    public static BsonDocument EntriesOf(byte[] user) => Range(
        [.. user, .. new byte[EventBytes]], [.. user, .. Enumerable.Repeat(byte.MaxValue, EventBytes)], "$lte");

    /// <summary>A sum's document.</summary>
    /// <param name="scope">Whose.</param>
    /// <param name="kind">Of an hour, of a month or of all time.</param>
    /// <param name="bucket">The hour's or month's number; 0 for all time.</param>
    /// <param name="log">The partition, which alone writes it.</param>
    public static BsonBinaryData Sum(byte[] scope, MongoSumKind kind, int bucket, LogPosition log)
    {
        var bytes = First(scope, kind, bucket);
        log.Epoch.TryWriteBytes(bytes.AsSpan(SumBytes - LogBytes), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(SumBytes - sizeof(int)), log.Partition);
        return new BsonBinaryData(bytes);
    }

    public static MongoSumKind KindOf(BsonValue sum) => (MongoSumKind)sum.AsBsonBinaryData.Bytes[ScopeBytes];

    public static int BucketOf(BsonValue sum) =>
        BinaryPrimitives.ReadInt32BigEndian(sum.AsBsonBinaryData.Bytes.AsSpan(ScopeBytes + 1)) ^ int.MinValue;

    public static byte[] ScopeOf(BsonValue sum) => sum.AsBsonBinaryData.Bytes[..ScopeBytes];

    /// <summary>Sums of buckets from one to before another.</summary>
    public static BsonDocument SumsBetween(byte[] scope, MongoSumKind kind, int from, int end) =>
        Range(First(scope, kind, from), First(scope, kind, end), "$lt");

    public static BsonDocument SumsOf(byte[] scope)
    {
        var last = new byte[SumBytes];
        last.AsSpan().Fill(byte.MaxValue);
        scope.CopyTo(last, 0);
        return Range([.. scope, .. new byte[SumBytes - ScopeBytes]], last, "$lte");
    }

    private static byte[] First(byte[] scope, MongoSumKind kind, int bucket)
    {
        var bytes = new byte[SumBytes];
        scope.CopyTo(bytes, 0);
        bytes[ScopeBytes] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(ScopeBytes + 1), bucket ^ int.MinValue);
        return bytes;
    }

    private static BsonDocument Range(byte[] from, byte[] to, string until) => new(
        "_id", new BsonDocument { { "$gte", new BsonBinaryData(from) }, { until, new BsonBinaryData(to) } });

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
}
