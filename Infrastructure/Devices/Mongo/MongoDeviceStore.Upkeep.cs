using Contracts.Events;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <content>What the Runner does.</content>
internal sealed partial class MongoDeviceStore
{
    private const int MaxDevicesPerStep = 100;

    private static readonly BsonDocument ById = new("_id", 1);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => RunAsync(ReadPurgedAsync, cancellationToken);

    public async Task<PurgeStep> PurgeAsync(long before, string? after, int limit, CancellationToken cancellationToken)
    {
        var devices = await connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                await rows.UpdateAsync(
                    MongoDeviceSchema.Purged,
                    new UpdateOneModel<BsonDocument>(
                        new BsonDocument("_id", 0), new BsonDocument("$max", new BsonDocument("before", before)))
                    {
                        IsUpsert = true,
                    });
                return await FindDevicesAsync(rows, after, MaxDevicesPerStep);
            },
            cancellationToken);
        var (deleted, done) = (0, after ?? Convert.ToHexStringLower(new byte[MongoDeviceKeys.DeviceBytes]));
        foreach (var device in devices)
        {
            if (deleted >= limit)
            {
                return new PurgeStep(deleted, done);
            }

            var key = device["_id"].AsBsonBinaryData.Bytes;
            var left = limit - deleted;
            var step = await connection.RunAsync(
                MongoLane.Runner, rows => MongoDevicePurge.RunAsync(rows, key, before, left), cancellationToken);
            deleted += step;
            done = step < left ? Convert.ToHexStringLower(key) : done;
        }

        return new PurgeStep(deleted, devices.Count == MaxDevicesPerStep || deleted >= limit ? done : null);
    }

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var devices = await connection.RunAsync(MongoLane.Runner, rows => FindDevicesAsync(rows, after, limit), cancellationToken);
        var drifted = new List<string>();
        foreach (var device in devices)
        {
            var (key, name) = (device["_id"].AsBsonBinaryData.Bytes, device["name"].AsString);
            if (await connection.RunAsync(
                MongoLane.Clients, rows => MongoDeviceTotals.CompareAsync(rows, key, name, repair), cancellationToken) is { } difference)
            {
                drifted.Add(difference);
            }
        }

        var next = devices.Count == limit ? Convert.ToHexStringLower(devices[^1]["_id"].AsBsonBinaryData.Bytes) : null;
        return new DriftReport(devices.Count, drifted, next);
    }

    private static Task<List<BsonDocument>> FindDevicesAsync(MongoRows rows, string? after, int limit) => rows.FindAsync(
        MongoDeviceSchema.Devices,
        new BsonDocument("_id", new BsonDocument("$gt", new BsonBinaryData(
            after is null ? new byte[MongoDeviceKeys.DeviceBytes] : Convert.FromHexString(after)))),
        new MongoFind(new BsonDocument("name", 1), ById, limit));

    private static async Task<long> ReadPurgedAsync(MongoRows rows) =>
        await rows.FindAsync(MongoDeviceSchema.Purged, new BsonDocument("_id", 0)) is [var row] ? row["before"].AsInt64 : long.MinValue;
}
