using System.Globalization;
using Contracts.Common;
using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Infrastructure.Items.Mongo;

/// <summary>Which documents something counts in, and how they are read.</summary>
/// <remarks>A field is n and a number: of the millisecond in the second, the second in the minute, and so on.</remarks>
internal static class MongoItemSums
{
    /// <summary>Documents of a reply: most readers want the newest ones only.</summary>
    private const int BatchSize = 100;

    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly BsonDocument NewestFirst = new("_id", -1);
    private static readonly MongoItemKind[] Kinds = Enum.GetValues<MongoItemKind>();

    /// <summary>The documents that something counts in, each with the slot.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="what">What it is.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="log">Where it came from.</param>
    /// <param name="trimmed">The instant up to which counts are trimmed.</param>
    public static IEnumerable<(BsonBinaryData Id, int Slot)> Of(byte[] tenant, ItemStatistic what, long at, LogPosition log, long trimmed)
    {
        foreach (var kind in Kinds)
        {
            var span = SpanOf(kind);
            if (ItemTime.Counts(span, at, trimmed))
            {
                var (bucket, slot) = PlaceOf(kind, ItemTime.NumberOf(span, at));
                yield return (MongoItemKeys.Sum(tenant, what, kind, bucket, log), slot);
            }
        }
    }

    /// <summary>The field that counts a slot.</summary>
    public static BsonDocument Field(int slot, long count) => new($"n{slot.ToString(CultureInfo.InvariantCulture)}", count);

    /// <summary>What a document holds, by slot.</summary>
    public static Dictionary<int, long> Read(BsonDocument row)
    {
        var found = new Dictionary<int, long>();
        foreach (var field in row)
        {
            if (SlotOf(field.Name) is { } slot)
            {
                found[slot] = field.Value.ToInt64();
            }
        }

        return found;
    }

    /// <summary>The slot of a field; null if it is another field.</summary>
    public static int? SlotOf(string field) =>
        field[0] == 'n' && int.TryParse(field.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var slot) ? slot : null;

    /// <summary>The number of the span that a slot of a document stands for.</summary>
    public static long NumberOf(BsonValue id, int slot)
    {
        var (kind, bucket) = (MongoItemKeys.KindOf(id), MongoItemKeys.BucketOf(id));
        return kind == MongoItemKind.Month
            ? new DateOnly((int)(bucket / 12), (int)(bucket % 12) + 1, slot).DayNumber - UnixDay
            : (bucket * SlotsOf(kind)) + slot;
    }

    /// <summary>The span that a slot of a document lasts.</summary>
    public static ItemSpan SpanOf(MongoItemKind kind) => kind switch
    {
        MongoItemKind.Second => ItemSpan.Millisecond,
        MongoItemKind.Minute => ItemSpan.Second,
        MongoItemKind.Hour => ItemSpan.Minute,
        _ => ItemSpan.Day,
    };

    /// <summary>The documents of a range of spans.</summary>
    public static BsonDocument Between(byte[] tenant, ItemStatistic what, MongoItemKind kind, long from, long to) =>
        MongoItemKeys.SumsBetween(tenant, what, kind, PlaceOf(kind, from).Bucket, PlaceOf(kind, to - 1).Bucket + 1);

    /// <summary>The bucket and slot of a span.</summary>
    public static (long Bucket, int Slot) PlaceOf(MongoItemKind kind, long number)
    {
        if (kind == MongoItemKind.Month)
        {
            var date = DateOnly.FromDayNumber((int)Math.Clamp(number + UnixDay, 0, DateOnly.MaxValue.DayNumber));
            return ((date.Year * 12) + date.Month - 1, date.Day);
        }

        var bucket = ItemUnits.Floor(number, SlotsOf(kind));
        return (bucket, (int)(number - (bucket * SlotsOf(kind))));
    }

    /// <summary>The newest points of a range.</summary>
    public static async Task<IReadOnlyList<ItemPoint>> ReadAsync(
        MongoRows rows, byte[] tenant, ItemStatistic what, ItemUnit unit, ItemPointRange range)
    {
        var (from, to) = ItemTime.NumbersOf(unit, range, await ReadTrimmedAsync(rows));
        var points = new ItemPoints(unit, range.Limit);
        if (from >= to)
        {
            return [];
        }

        // An hour's count is that of its minutes, which one document has.
        var isHour = unit == ItemUnit.Hour;
        var kind = KindOf(unit);
        var filter = isHour ? MongoItemKeys.SumsBetween(tenant, what, kind, from, to) : Between(tenant, what, kind, from, to);
        using var cursor = await rows.OpenAsync(
            MongoItemSchema.Sums, filter, new MongoFind(Sort: NewestFirst, BatchSize: BatchSize), BsonDocumentSerializer.Instance);
        long? last = null;
        while (await cursor.MoveNextAsync())
        {
            foreach (var row in cursor.Current)
            {
                // Several partitions have a document of one bucket each.
                var bucket = MongoItemKeys.BucketOf(row["_id"]);
                if (bucket != last && points.IsFull)
                {
                    return points.ToList();
                }

                last = bucket;
                foreach (var (slot, count) in Read(row))
                {
                    var number = isHour ? bucket : NumberOf(row["_id"], slot);
                    if (number >= from && number < to)
                    {
                        points.Add(number, count);
                    }
                }
            }
        }

        return points.ToList();
    }

    /// <summary>The first day from one on that has a count; null if there is none.</summary>
    public static async Task<long?> FindNextDayAsync(MongoRows rows, byte[] tenant, ItemStatistic what, long from)
    {
        var filter = MongoItemKeys.SumsBetween(
            tenant, what, MongoItemKind.Month, PlaceOf(MongoItemKind.Month, from).Bucket, long.MaxValue);
        using var cursor = await rows.OpenAsync(
            MongoItemSchema.Sums, filter, new MongoFind(Sort: new BsonDocument("_id", 1), BatchSize: BatchSize),
            BsonDocumentSerializer.Instance);
        (long Bucket, long Day)? found = null;
        while (await cursor.MoveNextAsync())
        {
            foreach (var row in cursor.Current)
            {
                var bucket = MongoItemKeys.BucketOf(row["_id"]);
                if (found is { } first && first.Bucket != bucket)
                {
                    return first.Day;
                }

                foreach (var day in Read(row).Keys.Select(slot => NumberOf(row["_id"], slot)).Where(day => day >= from))
                {
                    found = (bucket, Math.Min(found?.Day ?? day, day));
                }
            }
        }

        return found?.Day;
    }

    /// <summary>The instant up to which counts by millisecond and second are trimmed; the earliest number if none are.</summary>
    public static async Task<long> ReadTrimmedAsync(MongoRows rows) =>
        await rows.FindAsync(MongoItemSchema.Trimmed, new BsonDocument("_id", 0)) is [var row] ? row["before"].AsInt64 : long.MinValue;

    /// <summary>Raises the instant of trimming and deletes what lies before it.</summary>
    /// <returns>Number of documents that were deleted.</returns>
    public static async Task<int> TrimAsync(MongoRows rows, long before, int limit)
    {
        await rows.UpdateAsync(
            MongoItemSchema.Trimmed,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", 0), new BsonDocument("$max", new BsonDocument("before", ItemTime.StartOfMinute(before))))
            {
                IsUpsert = true,
            });
        var (end, deleted) = (await ReadTrimmedAsync(rows), 0);
        foreach (var tenant in await rows.FindAsync(MongoItemSchema.Tenants, []))
        {
            foreach (var what in Enum.GetValues<ItemStatistic>())
            {
                foreach (var kind in Kinds.Where(kind => ItemTime.IsFine(SpanOf(kind)) && deleted < limit))
                {
                    var filter = MongoItemKeys.SumsBetween(
                        tenant["_id"].AsBsonBinaryData.Bytes, what, kind, long.MinValue,
                        PlaceOf(kind, ItemTime.NumberOf(SpanOf(kind), end)).Bucket);
                    var old = await rows.FindAsync(
                        MongoItemSchema.Sums, filter, new MongoFind(new BsonDocument("_id", 1), Limit: limit - deleted));
                    if (old.Count > 0)
                    {
                        await rows.DeleteAsync(MongoItemSchema.Sums, new BsonDocument(
                            "_id", new BsonDocument("$in", new BsonArray(old.Select(row => row["_id"])))));
                        deleted += old.Count;
                    }
                }
            }
        }

        return deleted;
    }

    private static MongoItemKind KindOf(ItemUnit unit) => unit switch
    {
        ItemUnit.Millisecond => MongoItemKind.Second,
        ItemUnit.Second => MongoItemKind.Minute,
        ItemUnit.Minute or ItemUnit.Hour => MongoItemKind.Hour,
        _ => MongoItemKind.Month,
    };

    private static int SlotsOf(MongoItemKind kind) => kind == MongoItemKind.Second ? 1_000 : 60;
}
