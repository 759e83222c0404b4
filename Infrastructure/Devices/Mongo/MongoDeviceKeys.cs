using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using MongoDB.Bson;

namespace Infrastructure.Devices.Mongo;

/// <summary>
/// Keys of devices' documents: binary, of equal length within a collection, so that they sort byte by byte and a device's documents
/// are one range.
/// </summary>
internal static class MongoDeviceKeys
{
    public const int DeviceBytes = 16;
    private const int InstantBytes = sizeof(long);
    private const int EventBytes = 16;
    private const int LogBytes = 16 + sizeof(int);

    /// <summary>The first 128 bits of SHA-256 over tenant and id.</summary>
    public static byte[] Device(string tenant, string device) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{device}"))[..DeviceBytes];

    public static BsonBinaryData Reading(byte[] device, long at)
    {
        var key = new byte[DeviceBytes + InstantBytes];
        WriteInstant(device, at, key);
        return new BsonBinaryData(key);
    }

    public static BsonBinaryData Adjustment(byte[] device, long at, string eventId)
    {
        var key = new byte[DeviceBytes + InstantBytes + EventBytes];
        WriteInstant(device, at, key);
        SHA256.HashData(Encoding.UTF8.GetBytes(eventId)).AsSpan(0, EventBytes).CopyTo(key.AsSpan(DeviceBytes + InstantBytes));
        return new BsonBinaryData(key);
    }

    public static BsonBinaryData Totals(byte[] device, LogPosition log)
    {
        var key = new byte[DeviceBytes + LogBytes];
        device.CopyTo(key, 0);
        log.Epoch.TryWriteBytes(key.AsSpan(DeviceBytes), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(DeviceBytes + 16), log.Partition);
        return new BsonBinaryData(key);
    }

    public static BsonDocument ReadingsBetween(byte[] device, long from, long to) =>
        Range(Reading(device, from), "$lt", Reading(device, to));

    public static BsonDocument AdjustmentsBetween(byte[] device, long from, long to, (long At, string EventId)? after = null)
    {
        return after is { } last
            ? new BsonDocument("_id", new BsonDocument { { "$gt", Adjustment(device, last.At, last.EventId) }, { "$lt", Of(to) } })
            : Range(Of(from), "$lt", Of(to));

        BsonBinaryData Of(long at)
        {
            var key = new byte[DeviceBytes + InstantBytes + EventBytes];
            WriteInstant(device, at, key);
            return new BsonBinaryData(key);
        }
    }

    public static BsonDocument AllTotals(byte[] device)
    {
        var (first, last) = (new byte[DeviceBytes + LogBytes], new byte[DeviceBytes + LogBytes]);
        last.AsSpan().Fill(byte.MaxValue);
        device.CopyTo(first, 0);
        device.CopyTo(last, 0);
        return Range(new BsonBinaryData(first), "$lte", new BsonBinaryData(last));
    }

    public static long AtOf(BsonValue reading) =>
        BinaryPrimitives.ReadInt64BigEndian(reading.AsBsonBinaryData.Bytes.AsSpan(DeviceBytes)) ^ long.MinValue;

    /// <summary>Signed numbers sort as unsigned ones once their first bit is inverted.</summary>
    private static void WriteInstant(byte[] device, long at, byte[] key)
    {
        device.CopyTo(key, 0);
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(DeviceBytes), at ^ long.MinValue);
    }

    private static BsonDocument Range(BsonBinaryData from, string until, BsonBinaryData to) =>
        new("_id", new BsonDocument { { "$gte", from }, { until, to } });
}
