using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// Messages that are stored together: events first, then who was there, then the sums. An event counts where its own source is, so that a
/// message that comes again adds up to the same, and the fence of each sum decides whether it is added.
/// </summary>
internal sealed class MongoSiteBatch(MongoRows rows, int maxExact)
{
    private const int MaxKeys = 1_000;

    private static readonly BsonDocument OnlySource =
        new() { { "e", 1 }, { "p", 1 }, { "o", 1 }, { "i", 1 }, { MongoSiteEvent.Retired, 1 } };

    private static readonly BsonDocument OnlyId = new("_id", 1);

    private readonly Dictionary<(string Tenant, string Name), Site> sites = [];
    private readonly Dictionary<BsonValue, Candidate> candidates = [];
    private readonly Dictionary<BsonValue, Delta> deltas = [];
    private readonly HashSet<(Site Site, long Day)> recounts = [];

    /// <summary>Stores all of them.</summary>
    public async Task RunAsync(IReadOnlyList<Received<SiteEventsReceived>> received, long purged)
    {
        var messages = await LeaveOutErasedAsync(received);
        foreach (var each in messages)
        {
            See(each);
        }

        var erased = await MongoSiteErasure.FindAsync(rows, messages.SelectMany(message => message.Message.Events.Select(
            each => (SiteOf(message).Key, Visitor: VisitorHash.Of(each)))));
        foreach (var each in messages)
        {
            Collect(each, purged, erased);
        }

        await InsertAsync();
        List<Candidate> counted = [.. candidates.Values.Where(each => each.Counts)];
        await InsertVisitorsAsync(counted);
        await NoteSitesAsync();
        await CountAsync(counted);
    }

    /// <summary>Messages of a site that was erased after they came make no site, and nothing in it.</summary>
    private async Task<List<Received<SiteEventsReceived>>> LeaveOutErasedAsync(IReadOnlyList<Received<SiteEventsReceived>> messages)
    {
        var keys = messages.Select(each => (each.Tenant, each.Message.Site)).Distinct()
            .ToDictionary(each => each, each => MongoSiteKeys.Site(each.Tenant, each.Site));
        var erased = await MongoWholeSiteErasure.FindAsync(rows, keys.Values);
        return [.. messages.Where(each => erased.GetValueOrDefault(new BsonBinaryData(keys[(each.Tenant, each.Message.Site)]))
            ?.Covers(each.Source, each.Message.Stamp) != true)];
    }

    private Site SiteOf(Received<SiteEventsReceived> received)
    {
        var name = (received.Tenant, received.Message.Site);
        if (!sites.TryGetValue(name, out var site))
        {
            sites[name] = site = new Site(received.Tenant, received.Message.Site);
        }

        return site;
    }

    private void See(Received<SiteEventsReceived> received)
    {
        var site = SiteOf(received);
        site.Seen = Math.Max(site.Seen, StoredInstants.ToMilliseconds(received.Message.Stamp.ReceivedAt));
    }

    private void Collect(
        Received<SiteEventsReceived> received, long purged, IReadOnlyDictionary<BsonValue, MongoErasure> erased)
    {
        var (message, site) = (received.Message, SiteOf(received));
        for (var i = 0; i < message.Events.Count; i++)
        {
            var each = message.Events[i];
            if (each.At < purged || (VisitorHash.Of(each) is { } visitor
                && erased.GetValueOrDefault(MongoSiteKeys.Erasure(site.Key, visitor))?.Covers(received.Source, message.Stamp) == true))
            {
                continue;
            }

            // Unordered, so that which of two wins within a command is the server's to say: the lower index is.
            var row = new MongoSiteEvent(site.Key, each, new EventSource(received.Source, i), message.Stamp);
            candidates.TryAdd(row.Id, new Candidate(site, row, IsReplay: received.Source != received.Position));
        }
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

        var inserted = await rows.InsertAsync(MongoSiteSchema.Events, news.ConvertAll(each => (MongoRow)each.Row));
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
        foreach (var some in ids.Chunk(MaxKeys))
        {
            var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)));
            foreach (var found in await rows.FindAsync(MongoSiteSchema.Events, filter, new MongoFind(OnlySource)))
            {
                var candidate = candidates[found["_id"]];
                candidate.IsThere = true;
                candidate.Counts = !found.Contains(MongoSiteEvent.Retired) && MongoSiteEvent.SourceOf(found) == candidate.Row.Source;
            }
        }
    }

    /// <summary>Nothing is counted by who was there: adding somebody again changes nothing.</summary>
    private async Task InsertVisitorsAsync(List<Candidate> counted)
    {
        var ids = new HashSet<BsonBinaryData>();
        foreach (var group in counted.GroupBy(each => (each.Site, Day: SiteTime.NumberOf(SiteSpan.Day, each.Row.Event.At))))
        {
            var sums = new DaySums(group.Key.Day);
            foreach (var each in group)
            {
                sums.Add(each.Row.Event);
            }

            foreach (var (bucket, visitors) in sums.Visitors)
            {
                ids.UnionWith(visitors.Select(visitor => MongoSiteKeys.Visitor(group.Key.Site.Key, bucket, visitor)));
            }
        }

        await InsertVisitorsAsync(rows, ids);
    }

    /// <summary>Inserts those who are not there: most are, and each that is would be an error of the command.</summary>
    public static async Task InsertVisitorsAsync(MongoRows rows, IEnumerable<BsonBinaryData> visitors)
    {
        foreach (var some in visitors.Chunk(MaxKeys))
        {
            var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)));
            var there = await rows.FindAsync(MongoSiteSchema.Visitors, filter, new MongoFind(OnlyId));
            var known = there.Select(each => each["_id"]).ToHashSet();
            List<MongoRow> news = [.. some.Where(id => !known.Contains(id)).Select(id => new MongoVisitorRow(id))];
            if (news.Count > 0)
            {
                await rows.InsertAsync(MongoSiteSchema.Visitors, news);
            }
        }
    }

    private async Task NoteSitesAsync()
    {
        if (sites.Count > 0)
        {
            await rows.UpdateAsync(MongoSiteSchema.Sites, [.. sites.Values.Select(site => site.Note())]);
        }
    }

    private async Task CountAsync(List<Candidate> counted)
    {
        foreach (var each in counted)
        {
            var (site, row) = (each.Site, each.Row);
            var day = (site, SiteTime.NumberOf(SiteSpan.Day, row.Event.At));
            var log = row.Source.Position;
            if (each.IsReplay)
            {
                // Its place in the log has been passed: only reading all events of the day counts it.
                await MongoSiteDay.EnsureAsync(rows, site.Key, row.Event, log);
                recounts.Add(day);
                continue;
            }

            foreach (var (id, add, name) in MongoSiteSums.Of(site.Key, row.Event, log))
            {
                if (!deltas.TryGetValue(id, out var delta))
                {
                    deltas[id] = delta = new Delta(new FencedDelta(id));
                }

                delta.Sum.Add(log.Offset, add, name is null ? [] : new BsonDocument(MongoSiteSums.Name, name));
                if (each.IsNew)
                {
                    delta.News.Add((day, log.Offset));
                }
            }
        }

        var passed = await FencedRollups.AddAsync(rows, MongoSiteSchema.Sums, [.. deltas.Values.Select(delta => delta.Sum)]);

        // What a fence had passed before it was there, as of a Consumer that was overtaken, can only be counted by reading all.
        foreach (var delta in deltas.Values)
        {
            if (passed.TryGetValue(delta.Sum.Id, out var fence))
            {
                recounts.UnionWith(delta.News.Where(each => each.Offset <= fence).Select(each => each.Day));
            }
        }

        foreach (var (site, day) in recounts)
        {
            await MongoSiteDay.CompareAsync(rows, site.Key, day, repair: true, isExpected: true, maxExact);
        }
    }

    /// <summary>A site that messages are of.</summary>
    private sealed class Site(string tenant, string name)
    {
        public byte[] Key { get; } = MongoSiteKeys.Site(tenant, name);

        public long Seen { get; set; } = long.MinValue;

        public UpdateOneModel<BsonDocument> Note() => new(
            new BsonDocument("_id", new BsonBinaryData(Key)),
            new BsonDocument
            {
                { "$setOnInsert", new BsonDocument { { "tenant", tenant }, { "name", name } } },
                { "$max", new BsonDocument("seen", Seen) },
            })
        {
            IsUpsert = true,
        };
    }

    /// <summary>An event that may be the first of its id.</summary>
    private sealed record Candidate(Site Site, MongoSiteEvent Row, bool IsReplay)
    {
        public bool IsThere { get; set; }

        public bool IsNew { get; set; }

        public bool Counts { get; set; }
    }

    /// <summary>What is added to one sum, and which of it was inserted just now.</summary>
    private sealed record Delta(FencedDelta Sum)
    {
        public HashSet<((Site Site, long Day) Day, long Offset)> News { get; } = [];
    }
}
