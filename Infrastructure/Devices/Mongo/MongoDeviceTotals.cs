using Contracts.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Infrastructure.Devices.Mongo;

/// <summary>Compares a device's totals with its rows, partition by partition up to each fence, and puts right those that differ.</summary>
internal static class MongoDeviceTotals
{
    /// <summary>Fields with what a purge has deleted, which the totals go on counting, and the instant up to which it has.</summary>
    public const string PurgedReadings = "pn";

    public const string PurgedSum = "ps";
    public const string PurgedTo = "pt";

    private const int MaxTries = 20;

    private static readonly BsonDocument Fields =
        new() { { "c", 1 }, { "d", 1 }, { "e", 1 }, { "p", 1 }, { "o", 1 } };

    /// <summary>Makes the totals of a log that the device has no messages of yet, as of a dead letter's former topic.</summary>
    public static Task<long> EnsureAsync(MongoRows rows, byte[] device, LogPosition source) => rows.UpdateAsync(
        MongoDeviceSchema.Totals,
        new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", MongoDeviceKeys.Totals(device, source)),
            new BsonDocument("$max", new BsonDocument(FencedRollups.Fence, source.Offset)))
        {
            IsUpsert = true,
        });

    /// <returns>What is different; null for nothing.</returns>
    public static async Task<string?> CompareAsync(MongoRows rows, byte[] device, string name, bool repair)
    {
        string? told = null;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            // The fences first: rows up to them are all there by then.
            var totals = await rows.FindAsync(MongoDeviceSchema.Totals, MongoDeviceKeys.AllTotals(device));
            var right = totals.ToDictionary(each => each["_id"], _ => new Sum());
            var fences = totals.ToDictionary(each => each["_id"]);
            await SumAsync(rows, device, fences, right);
            var wrong = totals.Where(each => !right[each["_id"]].IsIn(each)).ToList();
            if (wrong.Count == 0)
            {
                return told;
            }

            told ??= $"The totals of the device '{name}' differ from its rows in {wrong.Count} of {totals.Count} partitions.";
            if (!repair)
            {
                return told;
            }

            var done = 0L;
            foreach (var each in wrong)
            {
                var guard = new BsonDocument { { "_id", each["_id"] }, { FencedRollups.Fence, each[FencedRollups.Fence] } };
                done += await rows.UpdateAsync(
                    MongoDeviceSchema.Totals,
                    new UpdateOneModel<BsonDocument>(guard, new BsonDocument("$set", right[each["_id"]].Fields(each))));
            }

            if (done == wrong.Count)
            {
                return told;
            }
        }

        return told;
    }

    private static async Task SumAsync(
        MongoRows rows, byte[] device, Dictionary<BsonValue, BsonDocument> fences, Dictionary<BsonValue, Sum> sums)
    {
        await ForEachAsync(
            MongoDeviceSchema.Readings,
            MongoDeviceKeys.ReadingsBetween(device, long.MinValue, long.MaxValue),
            (sum, row) => sum.Count(MongoDeviceKeys.AtOf(row["_id"]), row["c"].AsInt64));
        await ForEachAsync(
            MongoDeviceSchema.Adjustments,
            MongoDeviceKeys.AdjustmentsBetween(device, long.MinValue, long.MaxValue),
            (sum, row) => sum.Adjust(row["d"].AsInt64));

        async Task ForEachAsync(string collection, BsonDocument filter, Action<Sum, BsonDocument> add)
        {
            using var cursor = await rows.OpenAsync(collection, filter, new MongoFind(Fields), BsonDocumentSerializer.Instance);
            while (await cursor.MoveNextAsync())
            {
                foreach (var row in cursor.Current)
                {
                    var id = (BsonValue)MongoDeviceKeys.Totals(device, MongoDeviceBatch.SourceOf(row).Position);
                    if (fences.TryGetValue(id, out var fence) && row["o"].AsInt64 <= fence[FencedRollups.Fence].AsInt64
                        && MongoDeviceKeys.AtOf(row["_id"]) >= PurgedToOf(fence))
                    {
                        add(sums[id], row);
                    }
                }
            }
        }
    }

    public static long PurgedToOf(BsonDocument totals) =>
        totals.TryGetValue(PurgedTo, out var to) ? to.AsInt64 : long.MinValue;

    /// <summary>The sums of some rows.</summary>
    private sealed class Sum
    {
        private long readings;
        private Int128 total;
        private long? latest;

        public void Count(long at, long count)
        {
            readings++;
            total += count;
            latest = Math.Max(latest ?? at, at);
        }

        public void Adjust(long delta) => total += delta;

        public bool IsIn(BsonDocument stored) => Fields(stored).All(field => Same(stored, field.Name, field.Value));

        /// <summary>What is to be stored, with what was purged.</summary>
        public BsonDocument Fields(BsonDocument stored)
        {
            var fields = new BsonDocument
            {
                { MongoDeviceBatch.Readings, readings + stored.GetValue(PurgedReadings, 0L).ToInt64() },
                { MongoDeviceBatch.Sum, MongoSums.Write(total + (stored.TryGetValue(PurgedSum, out var sum) ? MongoSums.Read(sum) : 0)) },
            };
            if (latest is { } at)
            {
                fields[MongoDeviceBatch.Latest] = at;
            }

            return fields;
        }

        private static bool Same(BsonDocument stored, string field, BsonValue right) => stored.TryGetValue(field, out var found)
            ? MongoSums.Read(found) == MongoSums.Read(right)
            : MongoSums.Read(right) == 0 && field != MongoDeviceBatch.Latest;
    }
}
