using Contracts.Common;
using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Items.Mongo;

/// <summary>
/// Rows of one kind that are stored together: they go first, then the counts. A row counts where its own source is, so that a message that
/// comes again adds up to the same, and the fence of each count decides whether it is added.
/// </summary>
/// <param name="rows">The database.</param>
/// <param name="collection">Where the rows go.</param>
/// <param name="what">What they are counted as; null if they are not.</param>
internal sealed class MongoItemBatch(MongoRows rows, string collection, ItemStatistic? what)
{
    private static readonly BsonDocument OnlySource = new() { { "e", 1 }, { "p", 1 }, { "o", 1 } };

    private readonly Dictionary<string, byte[]> tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<BsonValue, Candidate> candidates = [];
    private readonly List<Candidate> late = [];
    private readonly Dictionary<BsonValue, Delta> deltas = [];
    private readonly HashSet<MongoItemDay> recounts = [];

    /// <summary>The key of a tenant.</summary>
    public byte[] TenantOf(string tenant) =>
        tenants.TryGetValue(tenant, out var key) ? key : tenants[tenant] = MongoItemKeys.Tenant(tenant);

    /// <summary>Those that are there from their own source, so that they count.</summary>
    public IEnumerable<MongoItemRow> Counted => candidates.Values.Where(each => each.Counts).Select(each => each.Row);

    /// <summary>Adds a row, unless an earlier one of this batch has its id.</summary>
    public void Add(MongoItemRow row, bool isReplay) => candidates.TryAdd(row.Id, new Candidate(row, isReplay));

    /// <summary>Adds a row that must not be inserted any more; one that was is counted, if its message comes again for that.</summary>
    public void AddLate(MongoItemRow row, bool isReplay) => late.Add(new Candidate(row, isReplay));

    /// <summary>Stores all of them.</summary>
    public async Task CompleteAsync()
    {
        if (candidates.Count + late.Count == 0)
        {
            return;
        }

        // Before anything of a tenant is there, so that the comparison finds all.
        await rows.UpdateAsync(
            MongoItemSchema.Tenants,
            [.. tenants.Select(each => new UpdateOneModel<BsonDocument>(
                new BsonDocument("_id", new BsonBinaryData(each.Value)),
                new BsonDocument("$setOnInsert", new BsonDocument("name", each.Key)))
            {
                IsUpsert = true,
            })]);
        await InsertAsync();
        if (what is { } counted)
        {
            await CountAsync(counted);
        }
    }

    /// <summary>Inserts what is not there, and finds out which of the others are from the same source.</summary>
    private async Task InsertAsync()
    {
        await CompareAsync(candidates.Keys.Concat(late.Select(each => each.Row.Id)).Distinct());
        List<Candidate> news = [.. candidates.Values.Where(each => !each.IsThere)];
        if (news.Count == 0)
        {
            return;
        }

        var inserted = await rows.InsertAsync(collection, news.ConvertAll(each => (MongoRow)each.Row));
        foreach (var each in news)
        {
            (each.Counts, each.IsNew) = (true, true);
        }

        if (inserted < news.Count)
        {
            // Another Consumer inserts the same.
            await CompareAsync(news.Select(each => each.Row.Id));
        }
    }

    private async Task CompareAsync(IEnumerable<BsonValue> ids)
    {
        var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids)));
        var lates = late.ToLookup(each => (BsonValue)each.Row.Id);
        foreach (var row in await rows.FindAsync(collection, filter, new MongoFind(OnlySource)))
        {
            if (candidates.TryGetValue(row["_id"], out var candidate))
            {
                candidate.IsThere = true;
                candidate.Counts = MongoItemRow.SourceOf(row) == candidate.Row.Source;
            }

            foreach (var each in lates[row["_id"]])
            {
                each.Counts = MongoItemRow.SourceOf(row) == each.Row.Source;
            }
        }
    }

    private async Task CountAsync(ItemStatistic counted)
    {
        var trimmed = await MongoItemSums.ReadTrimmedAsync(rows);
        foreach (var each in candidates.Values.Concat(late).Where(each => each.Counts))
        {
            await CountAsync(each, counted, trimmed);
        }

        var passed = await FencedRollups.AddAsync(rows, MongoItemSchema.Sums, [.. deltas.Values.Select(delta => delta.Sum)]);

        // What a fence had passed before it was there, as of a Consumer that was overtaken, can only be counted by reading all.
        foreach (var delta in deltas.Values)
        {
            if (passed.TryGetValue(delta.Sum.Id, out var fence))
            {
                recounts.UnionWith(delta.News.Where(each => each.Offset <= fence).Select(each => each.Day));
            }
        }

        foreach (var day in recounts)
        {
            await MongoItemComparison.RunAsync(rows, day, repair: true, isExpected: true);
        }
    }

    private async Task CountAsync(Candidate each, ItemStatistic counted, long trimmed)
    {
        var (row, log) = (each.Row, each.Row.Source);
        var day = new MongoItemDay(Convert.ToHexStringLower(row.Tenant), counted, ItemTime.NumberOf(ItemSpan.Day, row.At));
        foreach (var (id, slot) in MongoItemSums.Of(row.Tenant, counted, row.At, log, trimmed))
        {
            if (each.IsReplay)
            {
                // Its place in the log has been passed: only reading all rows counts it.
                await rows.UpdateAsync(MongoItemSchema.Sums, PassOf(id, log));
                recounts.Add(day);
                continue;
            }

            if (!deltas.TryGetValue(id, out var delta))
            {
                deltas[id] = delta = new Delta(new FencedDelta(id));
            }

            delta.Sum.Add(log.Offset, MongoItemSums.Field(slot, 1), []);
            if (each.IsNew)
            {
                delta.News.Add((day, log.Offset));
            }
        }
    }

    private static UpdateOneModel<BsonDocument> PassOf(BsonBinaryData id, LogPosition log) => new(
        new BsonDocument("_id", id), new BsonDocument("$max", new BsonDocument(FencedRollups.Fence, log.Offset)))
    {
        IsUpsert = true,
    };

    /// <summary>A row that may be the first of its id.</summary>
    private sealed record Candidate(MongoItemRow Row, bool IsReplay)
    {
        public bool IsThere { get; set; }

        public bool IsNew { get; set; }

        public bool Counts { get; set; }
    }

    /// <summary>What is added to one document, and which of it was inserted just now.</summary>
    private sealed record Delta(FencedDelta Sum)
    {
        public List<(MongoItemDay Day, long Offset)> News { get; } = [];
    }
}
