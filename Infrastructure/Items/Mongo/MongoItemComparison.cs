using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Items.Mongo;

/// <summary>Compares the counts of a day with the rows up to each fence, and puts right those that differ.</summary>
internal sealed class MongoItemComparison
{
    private static readonly BsonDocument OnlyWhere = new() { { MongoItemRow.Time, 1 }, { "e", 1 }, { "p", 1 }, { "o", 1 } };

    private readonly byte[] tenant;
    private readonly MongoItemDay day;
    private readonly long trimmed;
    private readonly Dictionary<BsonValue, BsonDocument> stored;
    private readonly Dictionary<BsonValue, Dictionary<int, long>> right = [];
    private readonly Dictionary<BsonValue, long> last = [];

    private MongoItemComparison(byte[] tenant, MongoItemDay day, long trimmed, Dictionary<BsonValue, BsonDocument> stored)
    {
        (this.tenant, this.day, this.trimmed, this.stored) = (tenant, day, trimmed, stored);
        foreach (var id in stored.Keys)
        {
            right[id] = [];
        }
    }

    /// <param name="rows">The database.</param>
    /// <param name="day">The day.</param>
    /// <param name="repair">Whether to put right what differs.</param>
    /// <param name="isExpected">Whether it is known to differ; if not, it has to be found twice.</param>
    /// <returns>What is different, a part of a sentence; null for nothing.</returns>
    public static Task<string?> RunAsync(MongoRows rows, MongoItemDay day, bool repair, bool isExpected = false)
    {
        var key = Convert.FromHexString(day.Tenant);
        return FencedComparison.RunAsync(
            async () =>
            {
                var before = await MongoItemSums.ReadTrimmedAsync(rows);
                var found = new MongoItemComparison(key, day, before, await ReadSumsAsync(rows, key, day, before));
                await found.RecountAsync(rows);

                // Afterwards: before any claim of a day is forgotten, it is noted that the day cannot be compared any more.
                if (day.What == ItemStatistic.Transfers
                    && day.Day * TimeSpan.TicksPerDay < (await MongoItemPurge.ReadAsync(rows)).Forgotten)
                {
                    return [];
                }

                return [.. found.right.Keys.Where(id => !found.IsRight(id))
                    .Select(id => (Func<Task<bool>>)(() => found.RepairAsync(rows, id)))];
            },
            count => FormattableString.Invariant($"differ from the rows in {count} documents"), repair, isExpected);
    }

    private static async Task<Dictionary<BsonValue, BsonDocument>> ReadSumsAsync(
        MongoRows rows, byte[] tenant, MongoItemDay day, long trimmed)
    {
        var found = new Dictionary<BsonValue, BsonDocument>();
        var (from, to) = (day.Day * TimeSpan.TicksPerDay, (day.Day + 1) * TimeSpan.TicksPerDay);
        foreach (var kind in Enum.GetValues<MongoItemKind>())
        {
            var span = MongoItemSums.SpanOf(kind);
            var begin = ItemTime.IsFine(span) ? Math.Max(from, trimmed) : from;
            if (begin < to)
            {
                foreach (var row in await rows.FindAsync(
                    MongoItemSchema.Sums,
                    MongoItemSums.Between(tenant, day.What, kind, ItemTime.NumberOf(span, begin), ItemTime.NumberOf(span, to))))
                {
                    found[row["_id"]] = row;
                }
            }
        }

        return found;
    }

    private async Task RecountAsync(MongoRows rows)
    {
        var times = new BsonDocument
        {
            { "$gte", MongoItemKeys.Time(tenant, day.Day * TimeSpan.TicksPerDay) },
            { "$lt", MongoItemKeys.Time(tenant, (day.Day + 1) * TimeSpan.TicksPerDay) },
        };
        using var cursor = await rows.OpenAsync(
            MongoItemSchema.CollectionOf(day.What), new BsonDocument(MongoItemRow.Time, times), new MongoFind(OnlyWhere),
            BsonDocumentSerializer.Instance);
        while (await cursor.MoveNextAsync())
        {
            foreach (var row in cursor.Current)
            {
                Count(row);
            }
        }
    }

    private void Count(BsonDocument row)
    {
        var (at, log) = (MongoItemRow.AtOf(row), MongoItemRow.SourceOf(row));

        // Of a document that is not there, the others of the same row tell whether it should be: if it still comes, its fence is passed.
        var places = MongoItemSums.Of(tenant, day.What, at, log, trimmed).ToList();
        var isApplied = places.Exists(each => IsBehind(each.Id, log.Offset) == true);
        foreach (var (id, slot) in places)
        {
            if (IsBehind(id, log.Offset) ?? isApplied)
            {
                var counts = right.TryGetValue(id, out var known) ? known : right[id] = [];
                counts[slot] = counts.GetValueOrDefault(slot) + 1;
                last[id] = Math.Max(last.GetValueOrDefault(id, log.Offset), log.Offset);
            }
        }
    }

    /// <summary>Whether a document's fence has passed an offset; null if there is no such document.</summary>
    private bool? IsBehind(BsonValue id, long offset) =>
        stored.TryGetValue(id, out var sum) ? sum.TryGetValue(FencedRollups.Fence, out var fence) && fence.AsInt64 >= offset : null;

    private bool IsRight(BsonValue id)
    {
        var now = stored.TryGetValue(id, out var row) ? MongoItemSums.Read(row) : [];
        return now.Keys.Where(slot => Belongs(id, slot)).Union(right[id].Keys)
            .All(slot => now.GetValueOrDefault(slot) == right[id].GetValueOrDefault(slot));
    }

    /// <summary>Whether a slot is compared: a month has other days, too.</summary>
    private bool Belongs(BsonValue id, int slot) =>
        MongoItemKeys.KindOf(id) != MongoItemKind.Month || MongoItemSums.NumberOf(id, slot) == day.Day;

    /// <returns>False if it has changed since.</returns>
    private Task<bool> RepairAsync(MongoRows rows, BsonValue id)
    {
        var fields = new BsonDocument();
        foreach (var (slot, count) in right[id])
        {
            fields.AddRange(MongoItemSums.Field(slot, count));
        }

        return !stored.TryGetValue(id, out var row)
            ? FencedComparison.CreateAsync(rows, MongoItemSchema.Sums, id, fields, last[id])
            : FencedComparison.ReplaceAsync(
                rows, MongoItemSchema.Sums, row, fields,
                row.Names.Where(name => MongoItemSums.SlotOf(name) is { } slot && Belongs(id, slot) && !fields.Contains(name)));
    }
}
