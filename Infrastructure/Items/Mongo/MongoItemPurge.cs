using System.Runtime.InteropServices;
using Contracts.Events;
using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Items.Mongo;

/// <summary>
/// Deletes transfers of old days, except the latest one of each item. Of the others a claim is left until it is forgotten: id and source,
/// so that nothing is counted again, and the instant, so that counts can still be compared.
/// </summary>
internal static class MongoItemPurge
{
    /// <summary>Items of one update.</summary>
    private const int MaxItems = 100;

    private const string Before = "before";
    private const string From = "from";
    private const string Walked = "walked";
    private const string Forgotten = "forgotten";

    private static readonly BsonDocument IsThere = new("$exists", true);
    private static readonly BsonDocument InTime = new() { { MongoItemRow.Time, 1 }, { "_id", 1 } };
    private static readonly BsonDocument OnlyPlace = new() { { MongoItemRow.Time, 1 }, { MongoItemRow.Place, 1 } };

    /// <summary>How far it is.</summary>
    public static async Task<State> ReadAsync(MongoRows rows) =>
        await rows.FindAsync(MongoItemSchema.Purged, new BsonDocument("_id", 0)) is [var row]
            ? new State(Read(row, Before), Read(row, From), Read(row, Walked), Read(row, Forgotten))
            : new State(long.MinValue, long.MinValue, long.MinValue, long.MinValue);

    /// <summary>
    /// Notes older transfers, which the purge has left, of items that have been transferred since. The later ones are stored: one that the
    /// purge has not seen sees how far the purge is.
    /// </summary>
    public static async Task NoteReplacedAsync(MongoRows rows, IEnumerable<MongoItemRow> stored)
    {
        var before = (await ReadAsync(rows)).Before;
        var places = before == long.MinValue ? []
            : stored.Where(each => each.At >= before)
                .Select(each => MongoItemKeys.PlacesBefore(each.Tenant, MongoItemKeys.IdOf(each.Id), before)).Distinct();
        foreach (var some in places.Chunk(MaxItems))
        {
            await rows.Collection(MongoItemSchema.Transfers).UpdateManyAsync(
                new BsonDocument("$or", new BsonArray(some.Select(each => new BsonDocument(MongoItemRow.Place, each)))),
                new BsonDocument("$set", new BsonDocument(MongoItemRow.Replaced, true)));
        }
    }

    /// <inheritdoc cref="IItemStore.PurgeAsync"/>
    public static async Task<PurgeStep> RunAsync(MongoRows rows, ItemExpiry expiry, string? after, int limit)
    {
        var end = ItemTime.StartOfDay(expiry.Before);
        if (end > long.MinValue)
        {
            await RaiseAsync(rows, Before, end);
        }

        var state = await ReadAsync(rows);
        var replaced = await rows.FindAsync(
            MongoItemSchema.Transfers, new BsonDocument(MongoItemRow.Replaced, true),
            new MongoFind(new BsonDocument("_id", 1), Limit: limit));
        var deleted = await RetireAsync(rows, replaced, expiry.Now);
        if (replaced.Count == limit || await ForgetAsync(rows, expiry.ForgetBefore, limit) == limit)
        {
            return new PurgeStep(deleted, after ?? string.Empty);
        }

        return state.Walked >= end
            ? new PurgeStep(deleted, null) : await WalkAsync(rows, state, (end, expiry.Now), after, (deleted, limit));
    }

    private static long Read(BsonDocument row, string field) => row.TryGetValue(field, out var at) ? at.AsInt64 : long.MinValue;

    private static Task<long> RaiseAsync(MongoRows rows, string field, long at) => rows.UpdateAsync(
        MongoItemSchema.Purged,
        new UpdateOneModel<BsonDocument>(new BsonDocument("_id", 0), new BsonDocument("$max", new BsonDocument(field, at)))
        {
            IsUpsert = true,
        });

    /// <summary>Looks at the transfers of a span of time, tenant by tenant.</summary>
    private static async Task<PurgeStep> WalkAsync(
        MongoRows rows, State state, (long End, long Now) span, string? after, (int Deleted, int Left) step)
    {
        var last = string.IsNullOrEmpty(after) ? null : Convert.FromHexString(after);
        foreach (var tenant in await ReadTenantsAsync(rows))
        {
            var order = last is null ? 1 : tenant.AsSpan().SequenceCompareTo(last.AsSpan(0, MongoItemKeys.TenantBytes));
            if (order < 0)
            {
                continue;
            }

            var old = await FindOldAsync(rows, tenant, (state.From, span.End), order == 0 ? last : null, step.Left);
            step.Deleted += await RetireAsync(rows, await FindReplacedAsync(rows, tenant, old), span.Now);
            step.Left -= old.Count;
            if (step.Left <= 0)
            {
                return new PurgeStep(step.Deleted, Convert.ToHexStringLower(
                    [.. old[^1][MongoItemRow.Time].AsBsonBinaryData.Bytes, .. old[^1]["_id"].AsBsonBinaryData.Bytes]));
            }
        }

        // The next one looks again at the days that were new to this one: what a Consumer was storing meanwhile may have come behind it.
        await rows.UpdateAsync(
            MongoItemSchema.Purged,
            new UpdateOneModel<BsonDocument>(
                new BsonDocument { { "_id", 0 }, { Walked, new BsonDocument("$not", new BsonDocument("$gte", span.End)) } },
                new BsonDocument("$set", new BsonDocument { { Walked, span.End }, { From, state.Walked } })));
        return new PurgeStep(step.Deleted, null);
    }

    private static async Task<List<byte[]>> ReadTenantsAsync(MongoRows rows) =>
        (await rows.FindAsync(MongoItemSchema.Tenants, [], new MongoFind(Sort: new BsonDocument("_id", 1))))
        .ConvertAll(row => row["_id"].AsBsonBinaryData.Bytes);

    private static Task<List<BsonDocument>> FindOldAsync(
        MongoRows rows, byte[] tenant, (long From, long End) span, byte[]? last, int limit)
    {
        var (first, end) = (MongoItemKeys.Time(tenant, span.From), MongoItemKeys.Time(tenant, span.End));
        var filter = new BsonDocument { { MongoItemRow.Time, new BsonDocument { { "$gte", first }, { "$lt", end } } } };
        if (last is not null)
        {
            var (time, id) = (new BsonBinaryData(last[..first.Bytes.Length]), new BsonBinaryData(last[first.Bytes.Length..]));
            filter = new BsonDocument("$or", new BsonArray
            {
                new BsonDocument { { MongoItemRow.Time, time }, { "_id", new BsonDocument("$gt", id) } },
                new BsonDocument(MongoItemRow.Time, new BsonDocument { { "$gt", time }, { "$lt", end } }),
            });
        }

        filter[MongoItemRow.Place] = IsThere;
        return rows.FindAsync(MongoItemSchema.Transfers, filter, new MongoFind(OnlyPlace, InTime, limit));
    }

    /// <summary>Those that are not the latest of their items.</summary>
    private static async Task<List<BsonDocument>> FindReplacedAsync(MongoRows rows, byte[] tenant, List<BsonDocument> old)
    {
        var replaced = new List<BsonDocument>();
        foreach (var row in old)
        {
            // One seek each, as for owners.
            var later = MongoItemKeys.PlacesOf(
                tenant, MongoItemKeys.IdOf(row["_id"]), row[MongoItemRow.Place].AsBsonBinaryData, isNewestFirst: false);
            var next = await rows.FindAsync(
                MongoItemSchema.Transfers, new BsonDocument(MongoItemRow.Place, later),
                new MongoFind(
                    new BsonDocument { { "_id", 0 }, { MongoItemRow.Place, 1 } }, new BsonDocument(MongoItemRow.Place, 1), Limit: 1));
            if (next.Count > 0)
            {
                replaced.Add(row);
            }
        }

        return replaced;
    }

    /// <summary>Leaves the claims of transfers alone.</summary>
    private static async Task<int> RetireAsync(MongoRows rows, List<BsonDocument> old, long now) => old.Count == 0 ? 0
        : (int)await rows.UpdateAsync(
            MongoItemSchema.Transfers,
            [.. old.Select(row => new UpdateOneModel<BsonDocument>(
                new BsonDocument { { "_id", row["_id"] }, { MongoItemRow.Place, IsThere } }, MongoItemRow.Retire(now)))]);

    /// <summary>Forgets claims. First it is noted that the days that they lie in cannot be compared any more.</summary>
    private static async Task<int> ForgetAsync(MongoRows rows, long before, int limit)
    {
        var old = await rows.FindAsync(
            MongoItemSchema.Transfers, new BsonDocument(MongoItemRow.Retired, new BsonDocument("$lt", before)),
            new MongoFind(new BsonDocument(MongoItemRow.Time, 1), Limit: limit));
        if (old.Count > 0)
        {
            await RaiseAsync(rows, Forgotten, ItemTime.StartOfDay(old.Max(MongoItemRow.AtOf)) + TimeSpan.TicksPerDay);
            await rows.DeleteAsync(MongoItemSchema.Transfers, new BsonDocument(
                "_id", new BsonDocument("$in", new BsonArray(old.Select(row => row["_id"])))));
        }

        return old.Count;
    }

    /// <summary>How far a purge is.</summary>
    /// <param name="Before">The instant before which no transfer can be stored.</param>
    /// <param name="From">The instant from which on transfers are looked at next.</param>
    /// <param name="Walked">The instant before which every transfer was looked at.</param>
    /// <param name="Forgotten">The instant before which claims may be forgotten.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct State(long Before, long From, long Walked, long Forgotten);
}
