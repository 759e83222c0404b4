using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>Compares the sums of a day with its raw events, each up to its fence, and puts right those that differ.</summary>
internal sealed class MongoSiteDay
{
    private const int MaxTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly byte[] site;
    private readonly long day;
    private readonly int dayOfMonth;
    private readonly Dictionary<BsonValue, BsonDocument> stored;
    private readonly Dictionary<BsonValue, (BsonDocument Counts, string? Name, long Last)> right = [];
    private readonly DaySums applied;
    private readonly DaySums all;

    private MongoSiteDay(byte[] site, long day, Dictionary<BsonValue, BsonDocument> stored)
    {
        (this.site, this.day, this.stored) = (site, day, stored);
        dayOfMonth = MongoSiteSums.MonthOf(day).Day;
        (applied, all) = (new DaySums(day), new DaySums(day));
    }

    /// <summary>Makes the sums that an event from before their fences counts in.</summary>
    public static Task<long> EnsureAsync(MongoRows rows, byte[] site, SiteEvent siteEvent, LogPosition source) => rows.UpdateAsync(
        MongoSiteSchema.Sums,
        [.. MongoSiteSums.Of(site, siteEvent, source).Select(each => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", each.Id),
            new BsonDocument("$max", each.Name is null
                ? new BsonDocument(FencedRollups.Fence, source.Offset)
                : new BsonDocument { { FencedRollups.Fence, source.Offset }, { MongoSiteSums.Name, each.Name } }))
        {
            IsUpsert = true,
        })]);

    /// <param name="rows">The rows of the database, with its time-outs.</param>
    /// <param name="site">The site's key.</param>
    /// <param name="day">The day's number.</param>
    /// <param name="repair">Whether to put right what differs.</param>
    /// <param name="isExpected">Whether it is known to differ; if not, it has to be found twice.</param>
    /// <param name="maxExact">How many visitors of a day or hour are listed at most.</param>
    /// <returns>What is different, a part of a sentence; null for nothing.</returns>
    public static async Task<string?> CompareAsync(
        MongoRows rows, byte[] site, long day, bool repair, bool isExpected = false, int maxExact = UniqueCounter.MaxExact)
    {
        string? told = null;
        var isSure = isExpected;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            // The fences first, then who was there, then the events: up to the fences everything is there by then.
            var found = new MongoSiteDay(site, day, await ReadSumsAsync(rows, site, day));
            var visitors = await MongoSiteVisitors.ReadAsync(rows, site, day, maxExact);
            await found.RecountAsync(rows);
            List<BsonValue> wrong = [.. found.stored.Keys.Union(found.right.Keys).Where(id => !found.IsRight(id))];
            var areVisitorsRight = visitors.IsRight(found.applied, found.all);
            if (wrong.Count == 0 && areVisitorsRight)
            {
                if (told is null)
                {
                    await visitors.FoldAsync(rows);
                }

                return told;
            }

            if (!isSure)
            {
                // The sums of a batch are not written at one instant.
                isSure = true;
                await Task.Delay(Pause);
                continue;
            }

            told ??= wrong.Count == 0 ? "has other visitors than its raw events"
                : $"has other counts than its raw events in {wrong.Count} of {found.stored.Keys.Union(found.right.Keys).Count()} sums";
            if (!repair)
            {
                return told;
            }

            var done = await visitors.RepairAsync(rows, found.applied, found.all);
            foreach (var id in wrong)
            {
                done &= await found.RepairAsync(rows, id);
            }

            if (done)
            {
                return told;
            }
        }

        return told;
    }

    private static async Task<Dictionary<BsonValue, BsonDocument>> ReadSumsAsync(MongoRows rows, byte[] site, long day)
    {
        var (month, _) = MongoSiteSums.MonthOf(day);
        var hour = (int)day * 24;
        var found = await rows.FindAsync(
            MongoSiteSchema.Sums, MongoSiteKeys.SumsBetween(site, MongoSumKind.Hour, hour, hour + 24));
        foreach (var kind in new[] { MongoSumKind.Month, MongoSumKind.Type, MongoSumKind.Path })
        {
            found.AddRange(await rows.FindAsync(MongoSiteSchema.Sums, MongoSiteKeys.SumsBetween(site, kind, month, month + 1)));
        }

        return found.ToDictionary(each => each["_id"]);
    }

    private async Task RecountAsync(MongoRows rows)
    {
        var range = MongoSiteKeys.EventsBetween(site, day * TimeSpan.TicksPerDay, (day + 1) * TimeSpan.TicksPerDay);
        using var cursor = await rows.OpenAsync(MongoSiteSchema.Events, range, default, BsonDocumentSerializer.Instance);
        var (month, _) = MongoSiteSums.MonthOf(day);
        while (await cursor.MoveNextAsync())
        {
            foreach (var row in cursor.Current)
            {
                var (siteEvent, log) = (MongoSiteEvent.Read(row, withArrival: false).Event, MongoSiteEvent.SourceOf(row).Position);
                var isApplied = IsBehind(MongoSiteKeys.Sum(site, MongoSumKind.Month, month, null, log), log.Offset) == true;
                all.Add(siteEvent);
                if (isApplied)
                {
                    applied.Add(siteEvent);
                }

                foreach (var (id, add, name) in MongoSiteSums.Of(site, siteEvent, log))
                {
                    if (IsBehind(id, log.Offset) ?? isApplied)
                    {
                        Count(id, add, name, log.Offset);
                    }
                }
            }
        }
    }

    /// <summary>Whether a sum's fence has passed an offset; null if there is no such sum.</summary>
    private bool? IsBehind(BsonValue id, long offset) =>
        stored.TryGetValue(id, out var sum) ? sum.TryGetValue(FencedRollups.Fence, out var fence) && fence.AsInt64 >= offset : null;

    private void Count(BsonValue id, BsonDocument add, string? name, long offset)
    {
        var before = right.TryGetValue(id, out var known) ? known : (Counts: [], Name: name, Last: offset);
        foreach (var field in add)
        {
            before.Counts[field.Name] = MongoSiteSums.Long(before.Counts, field.Name) + field.Value.AsInt64;
        }

        right[id] = (before.Counts, name, Math.Max(before.Last, offset));
    }

    private bool IsRight(BsonValue id)
    {
        var counts = right.TryGetValue(id, out var known) ? known.Counts : [];
        return stored.TryGetValue(id, out var sum)
            ? OfDay(id, sum).Union(counts.Names).All(field => MongoSiteSums.Long(sum, field) == MongoSiteSums.Long(counts, field))
            : counts.ElementCount == 0;
    }

    private IEnumerable<string> OfDay(BsonValue id, BsonDocument sum) =>
        sum.Names.Where(field => MongoSiteSums.IsOfDay(MongoSiteKeys.KindOf(id), field, dayOfMonth));

    /// <returns>False if it has changed since.</returns>
    private async Task<bool> RepairAsync(MongoRows rows, BsonValue id)
    {
        var (counts, name, last) = right.TryGetValue(id, out var known) ? known : ([], null, long.MinValue);
        if (!stored.TryGetValue(id, out var sum))
        {
            var fields = new BsonDocument(counts) { { FencedRollups.Fence, last } };
            if (name is not null)
            {
                fields[MongoSiteSums.Name] = name;
            }

            return await rows.UpdateAsync(
                MongoSiteSchema.Sums,
                new UpdateOneModel<BsonDocument>(
                    new BsonDocument { { "_id", id }, { FencedRollups.Fence, new BsonDocument("$exists", false) } },
                    new BsonDocument("$set", fields))
                {
                    IsUpsert = true,
                }) == 1;
        }

        var guard = new BsonDocument { { "_id", id }, { FencedRollups.Fence, sum[FencedRollups.Fence] } };
        var gone = OfDay(id, sum).Where(field => !counts.Contains(field)).ToList();
        var left = sum.Names.Except(gone).Any(field => field is not ("_id" or FencedRollups.Fence or MongoSiteSums.Name));
        if (!left && counts.ElementCount == 0 && name is null && MongoSiteKeys.KindOf(id) is MongoSumKind.Type or MongoSumKind.Path)
        {
            // A path may say who was there: with the last of its events it goes.
            return await rows.DeleteAsync(MongoSiteSchema.Sums, guard) == 1;
        }

        var update = new BsonDocument();
        if (counts.ElementCount > 0)
        {
            update["$set"] = counts;
        }

        if (gone.Count > 0)
        {
            update["$unset"] = new BsonDocument(gone.Select(field => new BsonElement(field, string.Empty)));
        }

        return await rows.UpdateAsync(MongoSiteSchema.Sums, new UpdateOneModel<BsonDocument>(guard, update)) == 1;
    }
}
