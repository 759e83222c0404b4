using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using MongoDB.Bson;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// Keys of sites' documents: binary, of equal length within a collection, so that they sort byte by byte and what is read together is
/// one range.
/// </summary>
internal static class MongoSiteKeys
{
    public const int SiteBytes = 16;
    public const int SumBytes = SiteBytes + 1 + sizeof(int) + SeriesBytes + LogBytes;
    private const int SeriesBytes = 16;
    private const int LogBytes = 16 + sizeof(int);
    private const int PlaceBytes = SiteBytes + sizeof(long) + 16;
    private const int BucketBytes = SiteBytes + 2 + sizeof(int);

    /// <summary>The first 128 bits of SHA-256 over tenant and id.</summary>
    public static byte[] Site(string tenant, string site) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{site}"))[..SiteBytes];

    /// <summary>An event's claim.</summary>
    public static BsonBinaryData Event(byte[] site, Guid key)
    {
        var bytes = new byte[SiteBytes + 16];
        site.CopyTo(bytes, 0);
        key.TryWriteBytes(bytes.AsSpan(SiteBytes), bigEndian: true, out _);
        return new BsonBinaryData(bytes);
    }

    /// <summary>An event's place in time.</summary>
    public static BsonBinaryData Place(byte[] site, long at, Guid key)
    {
        var bytes = new byte[PlaceBytes];
        site.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(SiteBytes), at ^ long.MinValue);
        key.TryWriteBytes(bytes.AsSpan(SiteBytes + sizeof(long)), bigEndian: true, out _);
        return new BsonBinaryData(bytes);
    }

    public static long AtOf(BsonValue place) =>
        BinaryPrimitives.ReadInt64BigEndian(place.AsBsonBinaryData.Bytes.AsSpan(SiteBytes)) ^ long.MinValue;

    public static Guid EventOf(BsonValue place) => new(place.AsBsonBinaryData.Bytes.AsSpan(SiteBytes + sizeof(long)), bigEndian: true);

    public static BsonDocument EventsBetween(byte[] site, long from, long to, SiteEventCursor? after = null) => new(
        MongoSiteEvent.Place,
        new BsonDocument
        {
            after is null ? new BsonElement("$gte", Place(site, from, Guid.Empty))
                : new BsonElement("$gt", Place(site, after.At, after.Key)),
            new BsonElement("$lt", Place(site, to, Guid.Empty)),
        });

    /// <summary>A sum's document.</summary>
    /// <param name="site">The site's key.</param>
    /// <param name="kind">What is counted.</param>
    /// <param name="bucket">The hour's or month's number.</param>
    /// <param name="name">The type or path; null for totals.</param>
    /// <param name="log">The partition, which alone writes it.</param>
    public static BsonBinaryData Sum(byte[] site, MongoSumKind kind, int bucket, string? name, LogPosition log)
    {
        var bytes = new byte[SumBytes];
        WriteBucket(bytes, site, kind, bucket);
        var at = SiteBytes + 1 + sizeof(int);
        if (name is not null)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, SeriesBytes).CopyTo(bytes.AsSpan(at));
        }

        log.Epoch.TryWriteBytes(bytes.AsSpan(at + SeriesBytes), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + SeriesBytes + 16), log.Partition);
        return new BsonBinaryData(bytes);
    }

    public static int BucketOf(BsonValue sum) =>
        BinaryPrimitives.ReadInt32BigEndian(sum.AsBsonBinaryData.Bytes.AsSpan(SiteBytes + 1)) ^ int.MinValue;

    public static MongoSumKind KindOf(BsonValue sum) => (MongoSumKind)sum.AsBsonBinaryData.Bytes[SiteBytes];

    /// <summary>The partition that writes a sum; its offset is 0.</summary>
    public static LogPosition LogOf(BsonValue sum)
    {
        var log = sum.AsBsonBinaryData.Bytes.AsSpan(SumBytes - LogBytes);
        return new LogPosition(new Guid(log[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(log[16..]), 0);
    }

    /// <summary>Sums of buckets from one to before another.</summary>
    public static BsonDocument SumsBetween(byte[] site, MongoSumKind kind, int from, int end)
    {
        var (first, last) = (new byte[SumBytes], new byte[SumBytes]);
        WriteBucket(first, site, kind, from);
        WriteBucket(last, site, kind, end);
        return Range(first, last);
    }

    public static BsonBinaryData Visitor(byte[] site, VisitorBucket bucket, long visitor)
    {
        var bytes = new byte[BucketBytes + sizeof(long)];
        WriteBucket(bytes, site, bucket);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(BucketBytes), visitor);
        return new BsonBinaryData(bytes);
    }

    public static long VisitorOf(BsonValue id) => BinaryPrimitives.ReadInt64BigEndian(id.AsBsonBinaryData.Bytes.AsSpan(BucketBytes));

    public static VisitorBucket BucketOfVisitor(BsonValue id)
    {
        var bytes = id.AsBsonBinaryData.Bytes;
        return new VisitorBucket(
            (SiteSpan)bytes[SiteBytes], (VisitorKind)bytes[SiteBytes + 1],
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(SiteBytes + 2)) ^ int.MinValue);
    }

    public static BsonBinaryData Sketch(byte[] site, VisitorBucket bucket)
    {
        var bytes = new byte[BucketBytes];
        WriteBucket(bytes, site, bucket);
        return new BsonBinaryData(bytes);
    }

    /// <summary>Visitors, or sketches, of buckets from one number to before another.</summary>
    public static BsonDocument BucketsBetween(byte[] site, SiteSpan span, VisitorKind kind, long from, long end, bool areSketches)
    {
        var length = BucketBytes + (areSketches ? 0 : sizeof(long));
        var (first, last) = (new byte[length], new byte[length]);
        WriteBucket(first, site, new VisitorBucket(span, kind, from));
        WriteBucket(last, site, new VisitorBucket(span, kind, end));
        return Range(first, last);
    }

    public static BsonBinaryData Erasure(byte[] site, long visitor)
    {
        var bytes = new byte[SiteBytes + sizeof(long)];
        site.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(SiteBytes), visitor);
        return new BsonBinaryData(bytes);
    }

    /// <summary>All documents of a site in a collection whose keys have a length: others of BSON's binary values sort elsewhere.</summary>
    public static IEnumerable<(string Collection, BsonDocument Filter)> AllOf(byte[] site)
    {
        (string Collection, int Length)[] collections =
        [
            (MongoSiteSchema.Events, SiteBytes + 16), (MongoSiteSchema.Sums, SumBytes), (MongoSiteSchema.Sketches, BucketBytes),
            (MongoSiteSchema.Visitors, BucketBytes + sizeof(long)), (MongoSiteSchema.Erased, SiteBytes + sizeof(long)),
        ];
        foreach (var (collection, length) in collections)
        {
            var (first, last) = (new byte[length], new byte[length]);
            last.AsSpan().Fill(byte.MaxValue);
            site.CopyTo(first, 0);
            site.CopyTo(last, 0);
            yield return (collection, new BsonDocument(
                "_id", new BsonDocument { { "$gte", new BsonBinaryData(first) }, { "$lte", new BsonBinaryData(last) } }));
        }
    }

    private static void WriteBucket(byte[] bytes, byte[] site, MongoSumKind kind, int bucket)
    {
        site.CopyTo(bytes, 0);
        bytes[SiteBytes] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(SiteBytes + 1), bucket ^ int.MinValue);
    }

    private static void WriteBucket(byte[] bytes, byte[] site, VisitorBucket bucket)
    {
        site.CopyTo(bytes, 0);
        bytes[SiteBytes] = (byte)bucket.Span;
        bytes[SiteBytes + 1] = (byte)bucket.Kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(SiteBytes + 2), (int)bucket.Number ^ int.MinValue);
    }

    private static BsonDocument Range(byte[] first, byte[] end) => new(
        "_id", new BsonDocument { { "$gte", new BsonBinaryData(first) }, { "$lt", new BsonBinaryData(end) } });
}

/// <summary>What a document of sums counts.</summary>
internal enum MongoSumKind : byte
{
    /// <summary>Everything, in an hour, by minute.</summary>
    Hour = 0,

    /// <summary>Everything, in a month, by day.</summary>
    Month = 1,

    /// <summary>Events of a type, in a month, by day.</summary>
    Type = 2,

    /// <summary>Views of a path, in a month, by day.</summary>
    Path = 3,
}
