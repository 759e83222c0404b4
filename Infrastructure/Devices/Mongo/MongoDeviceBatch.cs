using Contracts.Common;
using Contracts.Events;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <summary>
/// Counts inserted rows into their devices' totals. A row counts where its own source is, so that a message that comes again adds up to
/// the same, and the fence of the totals decides whether it is added.
/// </summary>
internal sealed class MongoDeviceBatch
{
    /// <summary>Fields of a device's totals.</summary>
    public const string Readings = "n";

    public const string Sum = "s";
    public const string Latest = "l";

    private const int MaxIds = 1_000;

    private static readonly BsonDocument OnlySource = new() { { "e", 1 }, { "p", 1 }, { "o", 1 }, { "i", 1 } };

    private readonly Dictionary<BsonValue, (FencedDelta Delta, byte[] Device)> deltas = [];
    private readonly Dictionary<byte[], (string Tenant, string Name, long Seen)> devices = new(ByteArrays.Instance);
    private readonly HashSet<BsonValue> fresh = [];
    private readonly HashSet<byte[]> replayed = new(ByteArrays.Instance);
    private readonly HashSet<LogPosition> replays = [];

    /// <summary>Where rows came from, by their ids; those that are not there are missing.</summary>
    public static async Task<IReadOnlyDictionary<BsonValue, EventSource>> FindSourcesAsync(
        MongoRows rows, string collection, IEnumerable<BsonValue> ids)
    {
        var found = new Dictionary<BsonValue, EventSource>();
        foreach (var some in ids.Distinct().Chunk(MaxIds))
        {
            var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)));
            foreach (var row in await rows.FindAsync(collection, filter, new MongoFind(OnlySource)))
            {
                found[row["_id"]] = SourceOf(row);
            }
        }

        return found;
    }

    /// <summary>Rows whose source the store has, those of another source left out.</summary>
    public static async Task<HashSet<BsonValue>> FindOwnAsync(
        MongoRows rows, string collection, IReadOnlyDictionary<BsonValue, EventSource> sources) =>
        [.. (await FindSourcesAsync(rows, collection, sources.Keys))
            .Where(each => each.Value == sources[each.Key]).Select(each => each.Key)];

    public static EventSource SourceOf(BsonDocument row) => new(
        new LogPosition(row["e"].AsUuid(), row["p"].AsInt32, row["o"].AsInt64), row.TryGetValue("i", out var index) ? index.AsInt32 : 0);

    /// <summary>Notes a message, also one of which nothing is new.</summary>
    public void See(string tenant, string device, byte[] key, LogPosition position, LogPosition source, EventStamp stamp)
    {
        var seen = StoredInstants.ToMilliseconds(stamp.ReceivedAt);
        devices[key] = (tenant, device, devices.TryGetValue(key, out var before) ? Math.Max(before.Seen, seen) : seen);
        if (position != source)
        {
            replayed.Add(key);
            replays.Add(source);
            return;
        }

        // Also without a new row: the fence must pass it.
        DeltaOf(key, source).Add(source.Offset, [], []);
    }

    /// <summary>Counts a reading that is stored under its source.</summary>
    /// <param name="key">The key of the device.</param>
    /// <param name="source">The position of the message that the reading was stored from.</param>
    /// <param name="at">The instant of the reading, in 100 ns since 1970.</param>
    /// <param name="count">The count of the reading.</param>
    /// <param name="isNew">Whether it may have been inserted just now.</param>
    public void Count(byte[] key, LogPosition source, long at, long count, bool isNew)
    {
        if (replays.Contains(source))
        {
            return;
        }

        Note(key, source, isNew).Add(
            source.Offset, new BsonDocument { { Readings, 1L }, { Sum, MongoSums.Write(count) } }, new BsonDocument(Latest, at));
    }

    /// <summary>Counts an adjustment that is stored under its source.</summary>
    public void Adjust(byte[] key, LogPosition source, long delta, bool isNew)
    {
        if (replays.Contains(source))
        {
            return;
        }

        Note(key, source, isNew).Add(source.Offset, new BsonDocument(Sum, MongoSums.Write(delta)), []);
    }

    /// <summary>Writes devices and totals.</summary>
    public async Task CompleteAsync(MongoRows rows)
    {
        if (devices.Count == 0)
        {
            return;
        }

        await rows.UpdateAsync(
            MongoDeviceSchema.Devices,
            [.. devices.Select(each => new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", new BsonBinaryData(each.Key)),
                new BsonDocument
                {
                    { "$setOnInsert", new BsonDocument { { "tenant", each.Value.Tenant }, { "name", each.Value.Name } } },
                    { "$max", new BsonDocument("seen", each.Value.Seen) },
                })
            {
                IsUpsert = true,
            })]);
        var passed = await FencedRollups.AddAsync(rows, MongoDeviceSchema.Totals, [.. deltas.Values.Select(each => each.Delta)]);

        // Rows that a fence had passed before they were there, and those of replays, can only be counted by reading all of them.
        var overtaken = deltas.Where(each => fresh.Contains(each.Key) && passed.TryGetValue(each.Key, out var fence)
            && fence >= each.Value.Delta.First).Select(each => each.Value.Device);
        foreach (var device in overtaken.Concat(replayed).Distinct(ByteArrays.Instance))
        {
            foreach (var source in replays.Where(_ => replayed.Contains(device)))
            {
                await MongoDeviceTotals.EnsureAsync(rows, device, source);
            }

            await MongoDeviceTotals.CompareAsync(rows, device, string.Empty, repair: true);
        }
    }

    private FencedDelta Note(byte[] key, LogPosition source, bool isNew)
    {
        var delta = DeltaOf(key, source);
        if (isNew)
        {
            fresh.Add(delta.Id);
        }

        return delta;
    }

    private FencedDelta DeltaOf(byte[] key, LogPosition source)
    {
        var id = MongoDeviceKeys.Totals(key, source);
        if (!deltas.TryGetValue(id, out var found))
        {
            deltas[id] = found = (new FencedDelta(id), key);
        }

        return found.Delta;
    }
}
