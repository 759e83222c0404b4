using Contracts.Common;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Compares sums with the entries up to each fence, and puts right those that differ: all of a user, balances included, or a day of all.
/// </summary>
internal sealed class MongoRevenueComparison
{
    /// <summary>The field of balances with the instant up to which entries were purged.</summary>
    public const string PurgedTo = "pt";

    private readonly byte[] scope;
    private readonly long? day;
    private readonly long purged;
    private readonly Dictionary<BsonValue, BsonDocument> stored;
    private readonly Dictionary<BsonValue, Dictionary<(int Slot, string Currency), RevenueDelta>> right = [];
    private readonly Dictionary<BsonValue, long> last = [];

    private MongoRevenueComparison(byte[] scope, long? day, long purged, Dictionary<BsonValue, BsonDocument> stored) =>
        (this.scope, this.day, this.purged, this.stored) = (scope, day, purged, stored);

    /// <param name="rows">The database.</param>
    /// <param name="scope">The user's key, or that of all users.</param>
    /// <param name="day">The day of all users; null for a user.</param>
    /// <param name="repair">Whether to put right what differs.</param>
    /// <param name="isExpected">Whether it is known to differ; if not, it has to be found twice.</param>
    /// <returns>What is different, a part of a sentence; null for nothing.</returns>
    public static Task<string?> RunAsync(MongoRows rows, byte[] scope, long? day, bool repair, bool isExpected = false) =>
        FencedComparison.RunAsync(
            async () =>
            {
                var kept = await MongoRevenuePurge.ReadAsync(rows);
                var found = new MongoRevenueComparison(scope, day, kept, await ReadSumsAsync(rows, scope, day));
                await found.RecountAsync(rows);
                return [.. found.stored.Keys.Union(found.right.Keys).Where(id => !found.IsRight(id))
                    .Select(id => (Func<Task<bool>>)(() => found.RepairAsync(rows, id)))];
            },
            count => $"differ from the ledger in {count} documents", repair, isExpected);

    private static async Task<Dictionary<BsonValue, BsonDocument>> ReadSumsAsync(MongoRows rows, byte[] scope, long? day)
    {
        var found = day is not { } one
            ? await rows.FindAsync(MongoRevenueSchema.Sums, MongoRevenueKeys.SumsOf(scope))
            : [
                .. await rows.FindAsync(
                    MongoRevenueSchema.Sums,
                    MongoRevenueSums.Between(
                        scope, RevenueSpan.Minute, one * RevenueTime.MinutesOfDay, (one + 1) * RevenueTime.MinutesOfDay)),
                .. await rows.FindAsync(MongoRevenueSchema.Sums, MongoRevenueSums.Between(scope, RevenueSpan.Day, one, one + 1)),
            ];
        return found.ToDictionary(each => each["_id"]);
    }

    private async Task RecountAsync(MongoRows rows)
    {
        foreach (var (id, row) in stored)
        {
            right[id] = IsBalance(id) ? MongoRevenueSums.Read(row, MongoRevenueSums.PurgedPrefix) : [];
        }

        var filter = day is { } one
            ? MongoRevenueKeys.EntriesBetween(
                MongoEntry.PlaceOfAll, scope, one * TimeSpan.TicksPerDay, (one + 1) * TimeSpan.TicksPerDay)
            : MongoRevenueKeys.EntriesBetween(MongoEntry.Place, scope, long.MinValue, long.MaxValue);
        using var cursor = await rows.OpenAsync(MongoRevenueSchema.Entries, filter, default, BsonDocumentSerializer.Instance);
        while (await cursor.MoveNextAsync())
        {
            foreach (var row in cursor.Current)
            {
                Count(row, MongoEntry.AtOf(row), MongoEntry.SourceOf(row).Position);
            }
        }
    }

    private void Count(BsonDocument row, long at, LogPosition log)
    {
        // Of a sum that is not there, another one of the same entry tells whether it should be.
        var (month, _) = MongoRevenueSums.MonthOf(RevenueTime.NumberOf(RevenueSpan.Day, at));
        var isApplied = IsBehind(
            day is null ? MongoRevenueSums.Balance(scope, log) : MongoRevenueKeys.Sum(scope, MongoSumKind.Month, month, log), log.Offset);
        foreach (var (id, slot) in MongoRevenueSums.Of(scope, at, log, withBalance: day is null))
        {
            var isThere = IsBalance(id) ? at >= PurgedToOf(id) : at >= purged;
            if (isThere && (IsBehind(id, log.Offset) ?? isApplied == true))
            {
                var sums = right.TryGetValue(id, out var known) ? known : right[id] = [];
                var key = (slot, MongoEntry.CurrencyOf(row));
                sums[key] = sums.GetValueOrDefault(key) + RevenueDelta.Of(MongoEntry.EffectOf(row));
                last[id] = Math.Max(last.GetValueOrDefault(id, log.Offset), log.Offset);
            }
        }
    }

    /// <summary>Whether a sum's fence has passed an offset; null if there is no such sum.</summary>
    private bool? IsBehind(BsonValue id, long offset) =>
        stored.TryGetValue(id, out var sum) ? sum.TryGetValue(FencedRollups.Fence, out var fence) && fence.AsInt64 >= offset : null;

    private long PurgedToOf(BsonValue id) =>
        stored.TryGetValue(id, out var sum) && sum.TryGetValue(PurgedTo, out var to) ? to.AsInt64 : long.MinValue;

    private bool IsRight(BsonValue id)
    {
        var sums = right[id];
        if (!stored.TryGetValue(id, out var row))
        {
            return sums.Count == 0;
        }

        var now = MongoRevenueSums.Read(row).Where(each => Belongs(id, each.Key.Slot)).ToDictionary();
        return now.Keys.Union(sums.Keys).All(key => now.GetValueOrDefault(key) == sums.GetValueOrDefault(key));
    }

    /// <summary>Whether a slot is compared: it is of the day, and not of a purged one.</summary>
    private bool Belongs(BsonValue id, int slot)
    {
        if (IsBalance(id))
        {
            return true;
        }

        var number = MongoRevenueSums.NumberOf(id, slot);
        var own = MongoRevenueKeys.KindOf(id) == MongoSumKind.Hour ? RevenueTime.Floor(number, RevenueTime.MinutesOfDay) : number;
        return own >= RevenueTime.NumberOf(RevenueSpan.Day, purged) && (day is not { } one || own == one);
    }

    /// <returns>False if it has changed since.</returns>
    private Task<bool> RepairAsync(MongoRows rows, BsonValue id)
    {
        var fields = new BsonDocument();
        foreach (var ((slot, currency), sum) in right[id].Where(each => each.Value != default))
        {
            fields.AddRange(MongoRevenueSums.Fields(slot, currency, sum));
        }

        return !stored.TryGetValue(id, out var row)
            ? FencedComparison.CreateAsync(rows, MongoRevenueSchema.Sums, id, fields, last[id])
            : FencedComparison.ReplaceAsync(
                rows, MongoRevenueSchema.Sums, row, fields,
                row.Names.Where(name => MongoRevenueSums.SlotOf(name) is { } slot && Belongs(id, slot) && !fields.Contains(name)),
                new BsonDocument(PurgedTo, row.TryGetValue(PurgedTo, out var to) ? to : new BsonDocument("$exists", false)));
    }

    private static bool IsBalance(BsonValue id) => MongoRevenueKeys.KindOf(id) == MongoSumKind.Balance;
}
