using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Mongo;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Serializers;

namespace Infrastructure.Sites.Mongo;

/// <summary>
/// Sites in MongoDB. Events first, then the sums: each is one operation on one document, and the message that is not confirmed comes
/// again.
/// </summary>
internal sealed partial class MongoSiteStore(MongoConnection connection, int maxExact = UniqueCounter.MaxExact)
    : ISiteStore, IVisitorSalts
{
    /// <summary>Rows of one command.</summary>
    private const int MaxRows = 1_000;

    private static readonly BsonDocument ByPlace = new(MongoSiteEvent.Place, 1);

    public async Task AddAsync(IReadOnlyList<Received<SiteEventsReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        foreach (var (from, to, _) in BatchSteps.Of(messages, each => each.Message.Events.Count, MaxRows))
        {
            var some = messages.Skip(from).Take(to - from).ToList();
            await RunAsync(
                async rows =>
                {
                    await new MongoSiteBatch(rows, maxExact).RunAsync(some, await ReadPurgedAsync(rows));
                    return true;
                },
                cancellationToken);
        }
    }

    public async Task EraseAsync(IReadOnlyList<Received<VisitorErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        foreach (var message in messages)
        {
            await RunAsync(rows => MongoSiteErasure.EraseAsync(rows, message, maxExact), cancellationToken);
        }
    }

    public async Task EraseSitesAsync(IReadOnlyList<Received<SiteErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        foreach (var message in messages)
        {
            await RunAsync(rows => MongoWholeSiteErasure.EraseAsync(rows, message), cancellationToken);
        }
    }

    public Task<LogPosition?> FindSiteErasureAsync(string tenant, string site, CancellationToken cancellationToken) => RunAsync(
        async rows => (await MongoWholeSiteErasure.FindAsync(rows, [MongoSiteKeys.Site(tenant, site)])).Values
            .Where(erasure => erasure.IsDone).Select(erasure => (LogPosition?)erasure.Position).FirstOrDefault(),
        cancellationToken);

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Site, Guid Event)> events, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<EventSource?>>(
            async rows =>
            {
                var sites = events.Select(each => each.Site).Distinct(StringComparer.Ordinal)
                    .ToDictionary(site => site, site => MongoSiteKeys.Site(tenant, site), StringComparer.Ordinal);
                var keys = events.Select(each => (BsonValue)MongoSiteKeys.Event(sites[each.Site], each.Event)).ToList();
                var found = new Dictionary<BsonValue, EventSource>();
                foreach (var some in keys.Distinct().Chunk(MaxRows))
                {
                    var filter = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some)));
                    foreach (var row in await rows.FindAsync(MongoSiteSchema.Events, filter))
                    {
                        found[row["_id"]] = MongoSiteEvent.SourceOf(row);
                    }
                }

                return [.. keys.Select(key => found.TryGetValue(key, out var source) ? source : (EventSource?)null)];
            },
            cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string site, long visitor, CancellationToken cancellationToken) => RunAsync(
        async rows => (await MongoSiteErasure.FindAsync(rows, [(MongoSiteKeys.Site(tenant, site), visitor)])).Values
            .Where(erasure => erasure.IsDone).Select(erasure => (LogPosition?)erasure.Position).FirstOrDefault(),
        cancellationToken);

    public Task<SiteRecord?> FindAsync(string tenant, string site, CancellationToken cancellationToken) => RunAsync(
        async rows => await rows.FindAsync(
            MongoSiteSchema.Sites, new BsonDocument("_id", new BsonBinaryData(MongoSiteKeys.Site(tenant, site)))) is [var row]
            ? await ReadSiteAsync(rows, row)
            : null,
        cancellationToken);

    public Task<SitePage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken) => RunAsync(
        async rows =>
        {
            var filter = new BsonDocument { { "tenant", tenant }, { "name", new BsonDocument("$gt", after ?? string.Empty) } };
            var page = await rows.FindAsync(
                MongoSiteSchema.Sites, filter, new MongoFind(Sort: new BsonDocument("name", 1), Limit: limit + 1));
            var items = new List<SiteRecord>();
            foreach (var row in page.Take(limit))
            {
                items.Add(await ReadSiteAsync(rows, row));
            }

            return new SitePage(items, page.Count > limit ? items[^1].Id : null);
        },
        cancellationToken);

    public Task<IReadOnlyList<StoredSiteEvent>> ReadAsync(
        string tenant, string site, SiteEventRange range, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<StoredSiteEvent>>(
            async rows =>
            {
                var filter = MongoSiteKeys.EventsBetween(MongoSiteKeys.Site(tenant, site), range.From, range.To, range.After);
                var find = new MongoFind(Sort: ByPlace, Limit: range.Limit, BatchSize: range.Limit + 1);
                return (await rows.FindAsync(MongoSiteSchema.Events, filter, find))
                    .ConvertAll(row => MongoSiteEvent.Read(row, range.WithArrival));
            },
            cancellationToken);

    public Task<IReadOnlyList<SiteCounts>> ReadCountsAsync(
        string tenant, string site, SiteSpan span, long from, long until, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<SiteCounts>>(
            async rows =>
            {
                var (first, end) = (SiteTime.FirstFrom(span, from), SiteTime.NumberOf(span, until));
                var sums = new SortedDictionary<long, DaySums.Counts>();
                var kind = span == SiteSpan.Day ? MongoSumKind.Month : MongoSumKind.Hour;
                foreach (var row in first >= end ? [] : await rows.FindAsync(
                    MongoSiteSchema.Sums, Between(MongoSiteKeys.Site(tenant, site), kind, first, end)))
                {
                    var bucket = MongoSiteKeys.BucketOf(row["_id"]);
                    foreach (var slot in SlotsOf(row))
                    {
                        var number = span == SiteSpan.Day ? MongoSiteSums.DayOf(bucket, slot) : (bucket * 60L) + slot;
                        if (number >= first && number < end)
                        {
                            sums[number] = sums.GetValueOrDefault(number) + MongoSiteSums.ReadCounts(row, slot);
                        }
                    }
                }

                return [.. sums.Where(each => each.Value != default).Select(each => new SiteCounts(
                    each.Key * SiteTime.LengthOf(span), each.Value.Events, each.Value.Views, each.Value.BotEvents))];
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> SumAsync(
        string tenant, string site, SiteSeries series, long from, long until, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyDictionary<string, long>>(
            async rows =>
            {
                var (first, end) = (SiteTime.FirstFrom(SiteSpan.Day, from), SiteTime.NumberOf(SiteSpan.Day, until));
                var sums = new Dictionary<string, long>(StringComparer.Ordinal);
                var kind = series == SiteSeries.Paths ? MongoSumKind.Path : MongoSumKind.Type;
                foreach (var row in first >= end ? [] : await rows.FindAsync(
                    MongoSiteSchema.Sums, Between(MongoSiteKeys.Site(tenant, site), kind, first, end)))
                {
                    var bucket = MongoSiteKeys.BucketOf(row["_id"]);
                    var sum = row.Names.Where(field => field[0] == 'n' && char.IsAsciiDigit(field[^1]))
                        .Where(field => MongoSiteSums.DayOf(bucket, SlotOf(field)) is var day && day >= first && day < end)
                        .Sum(field => row[field].ToInt64());
                    if (sum != 0)
                    {
                        var name = row[MongoSiteSums.Name].AsString;
                        sums[name] = sums.GetValueOrDefault(name) + sum;
                    }
                }

                return sums;
            },
            cancellationToken);

    public Task CollectVisitorsAsync(
        string tenant, string site, VisitorKind kind, SiteSpan span, long from, long until, UniqueCounter into,
        CancellationToken cancellationToken) =>
        RunAsync(
            async rows =>
            {
                var (key, first, end) = (MongoSiteKeys.Site(tenant, site), SiteTime.FirstFrom(span, from), SiteTime.NumberOf(span, until));
                if (first >= end)
                {
                    return false;
                }

                using var cursor = await rows.OpenAsync(
                    MongoSiteSchema.Visitors, MongoSiteKeys.BucketsBetween(key, span, kind, first, end, areSketches: false), default,
                    BsonDocumentSerializer.Instance);
                while (await cursor.MoveNextAsync())
                {
                    foreach (var row in cursor.Current)
                    {
                        into.Add(MongoSiteKeys.VisitorOf(row["_id"]));
                    }
                }

                foreach (var row in await rows.FindAsync(
                    MongoSiteSchema.Sketches, MongoSiteKeys.BucketsBetween(key, span, kind, first, end, areSketches: true)))
                {
                    into.Add(HyperLogLog.FromBytes(row[MongoSiteVisitors.Registers].AsBsonBinaryData.Bytes));
                }

                return true;
            },
            cancellationToken);

    private static BsonDocument Between(byte[] site, MongoSumKind kind, long first, long end) => kind == MongoSumKind.Hour
        ? MongoSiteKeys.SumsBetween(
            site, kind, (int)SiteTime.NumberOf(SiteSpan.Hour, first * TimeSpan.TicksPerMinute),
            (int)SiteTime.NumberOf(SiteSpan.Hour, (end - 1) * TimeSpan.TicksPerMinute) + 1)
        : MongoSiteKeys.SumsBetween(site, kind, MongoSiteSums.MonthOf(first).Month, MongoSiteSums.MonthOf(end - 1).Month + 1);

    private static IEnumerable<int> SlotsOf(BsonDocument row) =>
        row.Names.Where(field => field.Length is 2 or 3 && field[0] is 'e' or 'b' && char.IsAsciiDigit(field[1])).Select(SlotOf).Distinct();

    private static int SlotOf(string field) => int.Parse(field.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<SiteRecord> ReadSiteAsync(MongoRows rows, BsonDocument row)
    {
        var months = await rows.FindAsync(
            MongoSiteSchema.Sums,
            MongoSiteKeys.SumsBetween(row["_id"].AsBsonBinaryData.Bytes, MongoSumKind.Month, int.MinValue, int.MaxValue));
        var events = months.Sum(month => SlotsOf(month).Sum(slot =>
        {
            var counts = MongoSiteSums.ReadCounts(month, slot);
            return counts.Events + counts.BotEvents;
        }));
        return new SiteRecord(
            row["name"].AsString, events,
            row.TryGetValue("seen", out var seen) ? StoredInstants.FromMilliseconds(seen.AsInt64) : null);
    }

    private Task<T> RunAsync<T>(Func<MongoRows, Task<T>> work, CancellationToken cancellationToken) =>
        connection.RunAsync(MongoLane.Clients, work, cancellationToken);
}
