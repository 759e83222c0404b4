using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Revenue.Mongo;

/// <summary>
/// Entries that are stored together: they go first, then the sums. An entry counts where its own source is, so that a message that comes
/// again adds up to the same, and the fence of each sum decides whether it is added.
/// </summary>
/// <param name="rows">The database.</param>
/// <param name="archives">Whether an archive is kept, so that new entries have to be put into it.</param>
internal sealed class MongoRevenueBatch(MongoRows rows, bool archives)
{
    private const int MaxKeys = 1_000;

    private static readonly BsonDocument OnlySource =
        new() { { "e", 1 }, { "p", 1 }, { "o", 1 }, { "i", 1 }, { MongoEntry.Retired, 1 } };

    private readonly Dictionary<(string Tenant, string User), long> users = [];
    private readonly Dictionary<BsonValue, Candidate> candidates = [];
    private readonly Dictionary<BsonValue, Delta> deltas = [];
    private readonly Dictionary<MongoRevenueScope, byte[]> recounts = [];

    /// <summary>Where entries came from, by their ids; those that are not there are missing.</summary>
    public static async Task<Dictionary<BsonValue, (EventSource Source, bool IsKept)>> FindSourcesAsync(
        MongoRows rows, IEnumerable<BsonValue> ids)
    {
        var found = new Dictionary<BsonValue, (EventSource, bool)>();
        foreach (var some in ids.Distinct().Chunk(MaxKeys))
        {
            var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)));
            foreach (var row in await rows.FindAsync(MongoRevenueSchema.Entries, filter, new MongoFind(OnlySource)))
            {
                found[row["_id"]] = (MongoEntry.SourceOf(row), !row.Contains(MongoEntry.Retired));
            }
        }

        return found;
    }

    /// <summary>Notes a message of a user, also one of which nothing is new.</summary>
    public void See(string tenant, string user, EventStamp stamp)
    {
        var seen = StoredInstants.ToMilliseconds(stamp.ReceivedAt);
        users[(tenant, user)] = users.TryGetValue((tenant, user), out var before) ? Math.Max(before, seen) : seen;
    }

    /// <summary>Adds an entry, unless an earlier one of this batch has its id.</summary>
    public void Add(string tenant, string user, LedgerEntry entry, EventSource source, bool isReplay)
    {
        var row = new MongoEntry(tenant, user, entry, source) { IsToBeArchived = archives };
        candidates.TryAdd(row.Id, new Candidate(row, isReplay));
    }

    /// <summary>Stores all of them.</summary>
    public async Task CompleteAsync()
    {
        if (users.Count == 0)
        {
            return;
        }

        await InsertAsync();
        await rows.UpdateAsync(
            MongoRevenueSchema.Users,
            [.. users.Select(each => new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", new BsonBinaryData(MongoRevenueKeys.User(each.Key.Tenant, each.Key.User))),
                new BsonDocument
                {
                    { "$setOnInsert", new BsonDocument { { "tenant", each.Key.Tenant }, { "name", each.Key.User } } },
                    { "$max", new BsonDocument("seen", each.Value) },
                })
            {
                IsUpsert = true,
            })]);
        await CountAsync();
    }

    /// <summary>Inserts what is not there, and finds out which of the others are from the same source.</summary>
    private async Task InsertAsync()
    {
        await CompareAsync([.. candidates.Keys]);
        List<Candidate> news = [.. candidates.Values.Where(each => !each.IsThere)];
        if (news.Count == 0)
        {
            return;
        }

        var inserted = await rows.InsertAsync(MongoRevenueSchema.Entries, news.ConvertAll(each => (MongoRow)each.Row));
        foreach (var each in news)
        {
            (each.Counts, each.IsNew) = (true, true);
        }

        if (inserted < news.Count)
        {
            // Another Consumer inserts the same.
            await CompareAsync([.. news.Select(each => each.Row.Id)]);
        }
    }

    private async Task CompareAsync(IReadOnlyList<BsonValue> ids)
    {
        foreach (var (id, found) in await FindSourcesAsync(rows, ids))
        {
            var candidate = candidates[id];
            candidate.IsThere = true;
            candidate.Counts = found.IsKept && found.Source == candidate.Row.Source;
        }
    }

    private async Task CountAsync()
    {
        foreach (var each in candidates.Values.Where(each => each.Counts))
        {
            foreach (var (scope, key) in ScopesOf(each.Row))
            {
                await CountAsync(each, scope, key);
            }
        }

        var passed = await FencedRollups.AddAsync(rows, MongoRevenueSchema.Sums, [.. deltas.Values.Select(delta => delta.Sum)]);

        // What a fence had passed before it was there, as of a Consumer that was overtaken, can only be counted by reading all.
        foreach (var delta in deltas.Values)
        {
            if (passed.TryGetValue(delta.Sum.Id, out var fence))
            {
                foreach (var (scope, key, _) in delta.News.Where(each => each.Offset <= fence))
                {
                    recounts[scope] = key;
                }
            }
        }

        foreach (var (scope, key) in recounts)
        {
            await MongoRevenueComparison.RunAsync(rows, key, scope.Day, repair: true, isExpected: true);
        }
    }

    private async Task CountAsync(Candidate each, MongoRevenueScope scope, byte[] key)
    {
        var (entry, log) = (each.Row.Entry, each.Row.Source.Position);
        foreach (var (id, slot) in MongoRevenueSums.Of(key, entry.At, log, withBalance: scope.Day is null))
        {
            if (each.IsReplay)
            {
                // Its place in the log has been passed: only reading all entries counts it.
                await rows.UpdateAsync(
                    MongoRevenueSchema.Sums,
                    new UpdateOneModel<BsonDocument>(
                        new BsonDocument("_id", id), new BsonDocument("$max", new BsonDocument(FencedRollups.Fence, log.Offset)))
                    {
                        IsUpsert = true,
                    });
                recounts[scope] = key;
                continue;
            }

            if (!deltas.TryGetValue(id, out var delta))
            {
                deltas[id] = delta = new Delta(new FencedDelta(id));
            }

            delta.Sum.Add(log.Offset, MongoRevenueSums.Fields(slot, entry.Currency, RevenueDelta.Of(entry.Effect)), []);
            if (each.IsNew)
            {
                delta.News.Add((scope, key, log.Offset));
            }
        }
    }

    private static IEnumerable<(MongoRevenueScope Scope, byte[] Key)> ScopesOf(MongoEntry row)
    {
        yield return (new MongoRevenueScope(Convert.ToHexStringLower(row.User), null), row.User);
        yield return (
            new MongoRevenueScope(Convert.ToHexStringLower(row.All), RevenueTime.NumberOf(RevenueSpan.Day, row.Entry.At)), row.All);
    }

    /// <summary>An entry that may be the first of its id.</summary>
    private sealed record Candidate(MongoEntry Row, bool IsReplay)
    {
        public bool IsThere { get; set; }

        public bool IsNew { get; set; }

        public bool Counts { get; set; }
    }

    /// <summary>What is added to one sum, and which of it was inserted just now.</summary>
    private sealed record Delta(FencedDelta Sum)
    {
        public List<(MongoRevenueScope Scope, byte[] Key, long Offset)> News { get; } = [];
    }
}
