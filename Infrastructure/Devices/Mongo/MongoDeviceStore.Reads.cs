using Contracts.Devices;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <content>Reads, settings and watches.</content>
internal sealed partial class MongoDeviceStore
{
    /// <summary>Ranges of one query.</summary>
    private const int MaxDevicesPerRead = 100;

    public Task<DeviceRecord?> FindAsync(string tenant, string device, CancellationToken cancellationToken) =>
        RunAsync(rows => FindAsync(rows, MongoDeviceKeys.Device(tenant, device)), cancellationToken);

    public Task<IReadOnlyList<DeviceRecord>> FindAsync(
        string tenant, IReadOnlyList<string> devices, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<DeviceRecord>>(
            async rows =>
            {
                var keys = devices.Select(device => new BsonBinaryData(MongoDeviceKeys.Device(tenant, device)));
                var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(keys)));
                return await ReadAsync(rows, await rows.FindAsync(MongoDeviceSchema.Devices, filter));
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredReading>> ReadAsync(
        string tenant, string device, ReadingRange range, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<StoredReading>>(
            async rows =>
            {
                var key = MongoDeviceKeys.Device(tenant, device);
                var find = new MongoFind(
                    Sort: new BsonDocument("_id", range.IsFromEnd ? -1 : 1), Limit: range.Limit, BatchSize: range.Limit + 1);
                var found = await rows.FindAsync(
                    MongoDeviceSchema.Readings, MongoDeviceKeys.ReadingsBetween(key, range.From, range.To), find);
                if (found.Count == 0)
                {
                    return [];
                }

                if (range.IsFromEnd)
                {
                    found.Reverse();
                }

                var last = MongoDeviceKeys.AtOf(found[^1]["_id"]);
                var sums = new Dictionary<long, Int128>();
                foreach (var row in await rows.FindAsync(
                    MongoDeviceSchema.Adjustments,
                    MongoDeviceKeys.AdjustmentsBetween(key, MongoDeviceKeys.AtOf(found[0]["_id"]), last + 1)))
                {
                    var at = MongoDeviceKeys.AtOf(row["_id"]);
                    sums[at] = sums.GetValueOrDefault(at) + row["d"].AsInt64;
                }

                return found.ConvertAll(row => ReadReading(row, sums, range.WithArrival));
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredAdjustment>> ReadAdjustmentsAsync(
        string tenant, string device, AdjustmentRange range, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<StoredAdjustment>>(
            async rows =>
            {
                var key = MongoDeviceKeys.Device(tenant, device);
                var filter = MongoDeviceKeys.AdjustmentsBetween(key, range.From, range.To, range.After);
                var find = new MongoFind(Sort: new BsonDocument("_id", 1), Limit: range.Limit, BatchSize: range.Limit + 1);
                return (await rows.FindAsync(MongoDeviceSchema.Adjustments, filter, find)).ConvertAll(row => new StoredAdjustment(
                    MongoDeviceKeys.AtOf(row["_id"]), row["event"].AsString, row["d"].AsInt64, ReadText(row, "reason"),
                    StoredInstants.FromMilliseconds(row["r"].AsInt64), ReadText(row, "a")));
            },
            cancellationToken);

    public Task<DevicePage> ListAsync(string tenant, DeviceQuery query, CancellationToken cancellationToken) =>
        RunAsync(
            async rows =>
            {
                var (limit, filter) = (query.Limit, new BsonDocument("tenant", tenant));
                if (query.Tag is { } tag)
                {
                    filter["tags"] = tag;
                }

                filter["name"] = new BsonDocument("$gt", query.After ?? string.Empty);
                var page = await rows.FindAsync(
                    MongoDeviceSchema.Devices, filter, new MongoFind(Sort: new BsonDocument("name", 1), Limit: limit + 1));
                var items = await ReadAsync(rows, [.. page.Take(limit)]);
                return new DevicePage(items, page.Count > limit ? items[^1].Id : null);
            },
            cancellationToken);

    public Task<ConfiguredDevice> ConfigureAsync(
        string tenant, string device, DeviceSettings settings, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync(
            async rows =>
            {
                var key = MongoDeviceKeys.Device(tenant, device);
                var id = new BsonDocument("_id", new BsonBinaryData(key));
                var create = new UpdateOneModel<BsonDocument>(
                    id, new BsonDocument("$setOnInsert", new BsonDocument { { "tenant", tenant }, { "name", device } }))
                {
                    IsUpsert = true,
                };
                while (true)
                {
                    await rows.UpdateAsync(MongoDeviceSchema.Devices, create);

                    // By compare-and-set on the watch and the tags that were read: of two who change them, the second looks again.
                    if (await FindAsync(rows, key) is { } known)
                    {
                        var guard = new BsonDocument(id)
                        {
                            { "quietAfter", known.Settings.QuietAfter is { } before ? (long)before.TotalMilliseconds : BsonNull.Value },
                            { "tags", known.Settings.Tags.Count > 0 ? new BsonArray(known.Settings.Tags) : BsonNull.Value },
                        };
                        var update = new UpdateOneModel<BsonDocument>(guard, MongoDeviceSettings.Change(known, settings, now));
                        if (await rows.UpdateAsync(MongoDeviceSchema.Devices, update) == 1)
                        {
                            return new ConfiguredDevice(
                                await FindAsync(rows, key) ?? known with { Settings = settings },
                                [.. known.Settings.Tags.Except(settings.Tags, StringComparer.Ordinal)])
                            {
                                Before = known.Settings,
                            };
                        }
                    }
                }
            },
            cancellationToken);

    public Task<IReadOnlyList<WatchedDevice>> FindDueWatchesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        connection.RunAsync<IReadOnlyList<WatchedDevice>>(
            MongoLane.Runner,
            async rows =>
            {
                var due = new BsonDocument("watchAt", new BsonDocument("$lte", StoredInstants.ToMilliseconds(now)));
                var found = await rows.FindAsync(
                    MongoDeviceSchema.Devices, due, new MongoFind(Sort: new BsonDocument("watchAt", 1), Limit: limit));
                return found.ConvertAll(row => new WatchedDevice(
                    row["tenant"].AsString, Read(row, []), StoredInstants.FromMilliseconds(row["watchAt"].AsInt64)));
            },
            cancellationToken);

    public Task<bool> TryMoveWatchAsync(
        WatchedDevice watched, DateTimeOffset nextAt, DateTimeOffset? silentSince, CancellationToken cancellationToken) =>
        connection.RunAsync(
            MongoLane.Runner,
            async rows =>
            {
                var guard = new BsonDocument
                {
                    { "_id", new BsonBinaryData(MongoDeviceKeys.Device(watched.Tenant, watched.Device.Id)) },
                    { "watchAt", StoredInstants.ToMilliseconds(watched.DueAt) },
                };
                var set = new BsonDocument("watchAt", StoredInstants.ToMilliseconds(nextAt));
                var update = new BsonDocument("$set", set);
                if (silentSince is { } since)
                {
                    set["silentSince"] = StoredInstants.ToMilliseconds(since);
                }
                else
                {
                    update["$unset"] = new BsonDocument("silentSince", string.Empty);
                }

                return await rows.UpdateAsync(MongoDeviceSchema.Devices, new UpdateOneModel<BsonDocument>(guard, update)) == 1;
            },
            cancellationToken);

    private static async Task<DeviceRecord?> FindAsync(MongoRows rows, byte[] key) =>
        await rows.FindAsync(MongoDeviceSchema.Devices, new BsonDocument("_id", new BsonBinaryData(key))) is [var device]
            ? Read(device, await FindTotalsAsync(rows, key))
            : null;

    private static Task<List<BsonDocument>> FindTotalsAsync(MongoRows rows, byte[] key) =>
        rows.FindAsync(MongoDeviceSchema.Totals, MongoDeviceKeys.AllTotals(key));

    private static async Task<List<DeviceRecord>> ReadAsync(MongoRows rows, List<BsonDocument> devices)
    {
        var totals = new Dictionary<byte[], List<BsonDocument>>(ByteArrays.Instance);
        foreach (var some in devices.Chunk(MaxDevicesPerRead))
        {
            var ranges = some.Select(device => MongoDeviceKeys.AllTotals(device["_id"].AsBsonBinaryData.Bytes));
            foreach (var found in await rows.FindAsync(MongoDeviceSchema.Totals, new BsonDocument("$or", new BsonArray(ranges))))
            {
                var device = found["_id"].AsBsonBinaryData.Bytes[..MongoDeviceKeys.DeviceBytes];
                if (!totals.TryGetValue(device, out var own))
                {
                    totals[device] = own = [];
                }

                own.Add(found);
            }
        }

        return devices.ConvertAll(device => Read(device, totals.GetValueOrDefault(device["_id"].AsBsonBinaryData.Bytes) ?? []));
    }

    private static DeviceRecord Read(BsonDocument device, List<BsonDocument> totals) => new()
    {
        Id = device["name"].AsString,
        Readings = totals.Sum(each => each.GetValue(MongoDeviceBatch.Readings, 0L).ToInt64()),
        Total = totals.Aggregate(
            Int128.Zero, (sum, each) => sum + (each.TryGetValue(MongoDeviceBatch.Sum, out var part) ? MongoSums.Read(part) : 0)),
        LatestAt = totals.Max(each => each.TryGetValue(MongoDeviceBatch.Latest, out var at) ? at.AsInt64 : (long?)null),
        LastSeenAt = ReadInstant(device, "seen"),
        SilentSince = ReadInstant(device, "silentSince"),
        Settings = new DeviceSettings(
            device.TryGetValue("label", out var label) ? label.AsString : null,
            device.TryGetValue("tags", out var tags) ? [.. tags.AsBsonArray.Select(tag => tag.AsString)] : [],
            device.TryGetValue("quietAfter", out var quiet) ? TimeSpan.FromMilliseconds(quiet.AsInt64) : null,
            device.TryGetValue("quietUrl", out var url) ? url.AsString : null)
        {
            QuietSealed = ReadText(device, "quietSealed"),
        },
    };

    private static DateTimeOffset? ReadInstant(BsonDocument row, string field) =>
        row.TryGetValue(field, out var value) ? StoredInstants.FromMilliseconds(value.AsInt64) : null;

    private static string? ReadText(BsonDocument row, string field) => row.TryGetValue(field, out var value) ? value.AsString : null;

    private static StoredReading ReadReading(BsonDocument row, Dictionary<long, Int128> adjustments, bool withArrival)
    {
        var at = MongoDeviceKeys.AtOf(row["_id"]);
        var reading = new StoredReading(at, row["c"].AsInt64, adjustments.GetValueOrDefault(at));
        return withArrival
            ? reading with { ReceivedAt = ReadInstant(row, "r"), Address = ReadText(row, "a") }
            : reading;
    }
}
