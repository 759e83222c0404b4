using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Infrastructure.Devices.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;

namespace Infrastructure.Devices.Mongo;

/// <summary>
/// Devices in MongoDB. Rows first, then the totals: each is one operation on one document, and the message that is not confirmed comes
/// again.
/// </summary>
internal sealed partial class MongoDeviceStore(MongoConnection connection) : IDeviceStore
{
    /// <summary>Rows of one command.</summary>
    private const int MaxRows = 1_000;

    public async Task AddAsync(IReadOnlyList<Received<ReadingsReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        foreach (var (from, to, _) in BatchSteps.Of(messages, each => each.Message.At.Count, MaxRows))
        {
            var some = messages.Skip(from).Take(to - from).ToList();
            await RunAsync(store => AddAsync(store, some), cancellationToken);
        }
    }

    public Task AdjustAsync(IReadOnlyList<Received<ReadingAdjusted>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        return RunAsync(rows => AdjustAsync(rows, messages), cancellationToken);
    }

    public async Task EraseAsync(IReadOnlyList<Received<DeviceErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedReadings.Check(messages);
        foreach (var message in messages)
        {
            await RunAsync(rows => MongoDeviceErasure.EraseAsync(rows, message), cancellationToken);
        }
    }

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Device, long At)> readings, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<EventSource?>>(
            async rows =>
            {
                var devices = readings.Select(each => each.Device).Distinct(StringComparer.Ordinal)
                    .ToDictionary(device => device, device => MongoDeviceKeys.Device(tenant, device), StringComparer.Ordinal);
                var keys = readings.Select(each => (BsonValue)MongoDeviceKeys.Reading(devices[each.Device], each.At)).ToList();
                var found = await MongoDeviceBatch.FindSourcesAsync(rows, MongoDeviceSchema.Readings, keys);
                return [.. keys.Select(key => found.TryGetValue(key, out var source) ? source : (EventSource?)null)];
            },
            cancellationToken);

    public Task<EventSource?> FindAdjustmentAsync(
        string tenant, string device, long at, string eventId, CancellationToken cancellationToken) =>
        RunAsync(
            async rows =>
            {
                var id = MongoDeviceKeys.Adjustment(MongoDeviceKeys.Device(tenant, device), at, eventId);
                return await rows.FindAsync(MongoDeviceSchema.Adjustments, new BsonDocument("_id", id)) is [var row]
                    ? MongoDeviceBatch.SourceOf(row)
                    : (EventSource?)null;
            },
            cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string device, CancellationToken cancellationToken) => RunAsync(
        async rows => (await MongoDeviceErasure.FindAsync(rows, [MongoDeviceKeys.Device(tenant, device)])).Values
            .Where(erasure => erasure.IsDone).Select(erasure => (LogPosition?)erasure.Position).FirstOrDefault(),
        cancellationToken);

    private Task<T> RunAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, work, cancellationToken);

    private static async Task<bool> AddAsync(MongoRows rows, List<Received<ReadingsReceived>> messages)
    {
        var purged = await ReadPurgedAsync(rows);
        var erased = await MongoDeviceErasure.FindAsync(rows, KeysOf(messages, message => message.Device));
        var batch = new MongoDeviceBatch();
        var news = new List<NewReadingRow>();
        var sources = new Dictionary<BsonValue, EventSource>();
        var counted = new List<(byte[] Device, BsonValue Id, long At, long Count, LogPosition Source)>();
        foreach (var received in messages)
        {
            var message = received.Message;
            var device = MongoDeviceKeys.Device(received.Tenant, message.Device);
            if (erased.GetValueOrDefault(new BsonBinaryData(device))?.Covers(received.Source, message.Stamp) == true)
            {
                continue;
            }

            batch.See(received.Tenant, message.Device, device, received.Position, received.Source, message.Stamp);
            for (var i = 0; i < message.At.Count; i++)
            {
                var source = new EventSource(received.Source, i);
                var key = MongoDeviceKeys.Reading(device, message.At[i]);

                // Unordered, so that which of two wins within a command is the server's to say: the lower index is.
                if (message.At[i] >= purged && sources.TryAdd(key, source))
                {
                    news.Add(new NewReadingRow(key, message.Counts[i], source, message.Stamp));
                    counted.Add((device, key, message.At[i], message.Counts[i], received.Source));
                }
            }
        }

        var inserted = news.Count == 0 ? 0 : await rows.InsertAsync(MongoDeviceSchema.Readings, news);
        var own = inserted == news.Count ? null : await MongoDeviceBatch.FindOwnAsync(rows, MongoDeviceSchema.Readings, sources);
        foreach (var (device, id, at, count, source) in counted.Where(each => own?.Contains(each.Id) != false))
        {
            batch.Count(device, source, at, count, isNew: inserted > 0);
        }

        await batch.CompleteAsync(rows);
        return true;
    }

    private static async Task<bool> AdjustAsync(MongoRows rows, IReadOnlyList<Received<ReadingAdjusted>> messages)
    {
        var purged = await ReadPurgedAsync(rows);
        var erased = await MongoDeviceErasure.FindAsync(rows, KeysOf(messages, message => message.Device));
        var readings = await MongoDeviceBatch.FindSourcesAsync(
            rows, MongoDeviceSchema.Readings, messages.Select(each => (BsonValue)MongoDeviceKeys.Reading(
                MongoDeviceKeys.Device(each.Tenant, each.Message.Device), each.Message.At)));
        var batch = new MongoDeviceBatch();
        var news = new List<NewAdjustmentRow>();
        var sources = new Dictionary<BsonValue, EventSource>();
        var counted = new List<(byte[] Device, BsonValue Id, long Delta, LogPosition Source)>();
        foreach (var received in messages)
        {
            var message = received.Message;
            var device = MongoDeviceKeys.Device(received.Tenant, message.Device);
            if (message.At < purged
                || erased.GetValueOrDefault(new BsonBinaryData(device))?.Covers(received.Source, message.Stamp) == true)
            {
                continue;
            }

            if (!readings.TryGetValue(MongoDeviceKeys.Reading(device, message.At), out var reading)
                || reading.IsAfter(new EventSource(received.Position, 0)))
            {
                continue;
            }

            batch.See(received.Tenant, message.Device, device, received.Position, received.Source, message.Stamp);
            var key = MongoDeviceKeys.Adjustment(device, message.At, message.EventId);
            if (sources.TryAdd(key, new EventSource(received.Source, 0)))
            {
                news.Add(new NewAdjustmentRow(key, message, received.Source));
                counted.Add((device, key, message.Delta, received.Source));
            }
        }

        var inserted = news.Count == 0 ? 0 : await rows.InsertAsync(MongoDeviceSchema.Adjustments, news);
        var own = inserted == news.Count ? null : await MongoDeviceBatch.FindOwnAsync(rows, MongoDeviceSchema.Adjustments, sources);
        foreach (var (device, id, delta, source) in counted.Where(each => own?.Contains(each.Id) != false))
        {
            batch.Adjust(device, source, delta, isNew: inserted > 0);
        }

        await batch.CompleteAsync(rows);
        return true;
    }

    private static IEnumerable<byte[]> KeysOf<T>(IEnumerable<Received<T>> messages, Func<T, string> device) =>
        messages.Select(each => (each.Tenant, Device: device(each.Message))).Distinct()
            .Select(each => MongoDeviceKeys.Device(each.Tenant, each.Device));
}
