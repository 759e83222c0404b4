using Contracts.Devices;
using Contracts.Messaging;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <summary>
/// Erases devices. What is left is the device's key, which is a hash, with the position of the erasure, so that earlier messages, when they
/// come again, do not bring it back.
/// </summary>
internal static class MongoDeviceErasure
{
    public static async Task<bool> EraseAsync(MongoRows rows, Received<DeviceErased> received)
    {
        var (source, key) = (received.Source, MongoDeviceKeys.Device(received.Tenant, received.Message.Device));
        var id = new BsonBinaryData(key);
        var before = (await FindAsync(rows, [key])).GetValueOrDefault(id);
        if (before is { IsDone: true } && before.Precedes(source) is false)
        {
            return false;
        }

        // First, so that an erasure that is interrupted goes on when its message comes again: nothing later is stored until then.
        await rows.UpdateAsync(
            MongoDeviceSchema.Erased,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", id),
                new BsonDocument("$set", MongoErasure.Begin(source, received.Message.Stamp).Write()))
            {
                IsUpsert = true,
            });
        await rows.DeleteAsync(MongoDeviceSchema.Devices, new BsonDocument("_id", id));
        await rows.DeleteAllAsync(MongoDeviceSchema.Totals, MongoDeviceKeys.AllTotals(key));
        await rows.DeleteAllAsync(MongoDeviceSchema.Readings, MongoDeviceKeys.ReadingsBetween(key, long.MinValue, long.MaxValue));
        await rows.DeleteAllAsync(MongoDeviceSchema.Adjustments, MongoDeviceKeys.AdjustmentsBetween(key, long.MinValue, long.MaxValue));
        await rows.UpdateAsync(
            MongoDeviceSchema.Erased,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument(MongoErasure.Done, true))));
        return true;
    }

    /// <summary>The erasures of some devices, by key.</summary>
    public static async Task<IReadOnlyDictionary<BsonValue, MongoErasure>> FindAsync(MongoRows rows, IEnumerable<byte[]> keys)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(keys.Select(key => new BsonBinaryData(key)))));
        return (await rows.FindAsync(MongoDeviceSchema.Erased, filter)).ToDictionary(row => row["_id"], MongoErasure.Read);
    }
}
