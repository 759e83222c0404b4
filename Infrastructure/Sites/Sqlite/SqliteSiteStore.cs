using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>
/// Sites in a SQLite file. A batch and its sums are one transaction, so that each event is counted with it or not at all.
/// </summary>
internal sealed partial class SqliteSiteStore(SqliteFile file) : ISiteStore, IVisitorSalts
{
    /// <summary>Rows of one transaction, so that other work never waits long.</summary>
    private const int MaxRows = 1_000;

    public Task AddAsync(IReadOnlyList<Received<SiteEventsReceived>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        return file.IngestAsync(
            messages, each => each.Events.Count, static connection => new SiteBatch(connection), static (batch, each) => batch.Add(each),
            cancellationToken);
    }

    public async Task EraseAsync(IReadOnlyList<Received<VisitorErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        foreach (var message in messages)
        {
            var erasure = await file.Writer.RunAsync(
                WritePriority.Ingest,
                rows: 1,
                connection =>
                {
                    var begun = SiteErasure.Begin(connection, message);
                    file.Log.Advance(connection, message.Position);
                    return begun;
                },
                cancellationToken);

            // Of a service that is killed meanwhile, the purge goes on with it.
            while (erasure is { } begun && await file.Writer.RunAsync(
                WritePriority.Ingest, MaxRows, connection => SiteErasure.Continue(connection, begun.Site, begun.Visitor, MaxRows),
                cancellationToken))
            {
            }
        }
    }

    public async Task EraseSitesAsync(IReadOnlyList<Received<SiteErased>> messages, CancellationToken cancellationToken)
    {
        ReceivedSiteEvents.Check(messages);
        foreach (var message in messages)
        {
            await file.Writer.RunAsync(
                WritePriority.Ingest,
                rows: 1,
                connection =>
                {
                    var begun = WholeSiteErasure.Begin(connection, message);
                    file.Log.Advance(connection, message.Position);
                    return begun;
                },
                cancellationToken);

            // Of a service that is killed meanwhile, the purge goes on with it.
            while (await file.Writer.RunAsync(
                WritePriority.Ingest, MaxRows, connection => WholeSiteErasure.Continue(connection, MaxRows), cancellationToken) >= MaxRows)
            {
            }
        }
    }

    public Task<LogPosition?> FindSiteErasureAsync(string tenant, string site, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => WholeSiteErasure.Find(connection, tenant, site), cancellationToken);

    public Task<IReadOnlyList<EventSource?>> FindSourcesAsync(
        string tenant, IReadOnlyList<(string Site, Guid Event)> events, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<EventSource?>>(
            connection =>
            {
                var found = new EventSource?[events.Count];
                var statement = connection.Statement("SELECT log, offset, item FROM claims WHERE site = ?1 AND event = ?2");
                (string Name, long? Id)? site = null;
                var sources = new SqliteSourceReader(connection);
                for (var i = 0; i < found.Length; i++)
                {
                    if (site?.Name != events[i].Site)
                    {
                        site = (events[i].Site, SiteRows.Find(connection, tenant, events[i].Site));
                    }

                    if (site.Value.Id is not { } id)
                    {
                        continue;
                    }

                    statement.Bind(1, id).Bind(2, events[i].Event);
                    if (statement.Step())
                    {
                        found[i] = sources.Read(statement);
                    }

                    statement.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<LogPosition?> FindErasureAsync(string tenant, string site, long visitor, CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection => SiteRows.Find(connection, tenant, site) is { } id && SiteErasure.Find(connection, id, visitor) is { } erasure
                && !SiteErasure.IsUnfinished(connection, id, visitor)
                ? SqliteSources.PositionOf(connection, erasure.Log, erasure.Offset)
                : (LogPosition?)null,
            cancellationToken);

    public Task<SiteRecord?> FindAsync(string tenant, string site, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            if (SqliteTenants.Find(connection, tenant) is not { } number)
            {
                return null;
            }

            var row = connection.Statement(
                $"SELECT name, events, last_seen FROM sites WHERE tenant = ?1 AND name = ?2 AND {SiteRows.IsSite}")
                .Bind(1, number).Bind(2, site);
            var found = row.Step() ? SiteRows.ReadSite(row) : null;
            row.Reset();
            return found;
        },
        cancellationToken);

    public Task<SitePage> ListAsync(string tenant, string? after, int limit, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            if (SqliteTenants.Find(connection, tenant) is not { } number)
            {
                return new SitePage([], null);
            }

            var rows = connection.Statement(
                $"SELECT name, events, last_seen FROM sites WHERE tenant = ?1 AND name > ?2 AND {SiteRows.IsSite} ORDER BY name LIMIT ?3")
                .Bind(1, number).Bind(2, after ?? string.Empty).Bind(3, limit + 1);
            var items = new List<SiteRecord>();
            while (rows.Step())
            {
                items.Add(SiteRows.ReadSite(rows));
            }

            rows.Reset();
            return items.Count <= limit ? new SitePage(items, null) : new SitePage([.. items.Take(limit)], items[limit - 1].Id);
        },
        cancellationToken);

    public Task<IReadOnlyList<StoredSiteEvent>> ReadAsync(
        string tenant, string site, SiteEventRange range, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => SiteRows.Read(connection, tenant, site, range), cancellationToken);

    public Task<IReadOnlyList<SiteCounts>> ReadCountsAsync(
        string tenant, string site, SiteSpan span, long from, long until, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyList<SiteCounts>>(
            connection =>
            {
                if (SiteRows.Find(connection, tenant, site) is not { } id)
                {
                    return [];
                }

                var rows = span == SiteSpan.Day
                    ? connection.Statement(
                        "SELECT day, events, views, bots FROM days WHERE site = ?1 AND day >= ?2 AND day < ?3 ORDER BY day")
                    : connection.Statement(
                        "SELECT minute, events, views, bots FROM minutes WHERE site = ?1 AND minute >= ?2 AND minute < ?3 ORDER BY minute");
                rows.Bind(1, id).Bind(2, SiteTime.FirstFrom(span, from)).Bind(3, SiteTime.NumberOf(span, until));
                var counts = new List<SiteCounts>();
                while (rows.Step())
                {
                    var each = new SiteCounts(rows.Int64(0) * SiteTime.LengthOf(span), rows.Int64(1), rows.Int64(2), rows.Int64(3));
                    if (each.Events != 0 || each.BotEvents != 0)
                    {
                        counts.Add(each);
                    }
                }

                rows.Reset();
                return counts;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> SumAsync(
        string tenant, string site, SiteSeries series, long from, long until, CancellationToken cancellationToken) =>
        file.ReadAsync<IReadOnlyDictionary<string, long>>(
            connection =>
            {
                var sums = new Dictionary<string, long>(StringComparer.Ordinal);
                if (SiteRows.Find(connection, tenant, site) is not { } id)
                {
                    return sums;
                }

                var rows = connection.Statement(
                    """
                    SELECT name, sum(count) FROM names WHERE site = ?1 AND series = ?2 AND day >= ?3 AND day < ?4
                    GROUP BY name HAVING sum(count) <> 0
                    """)
                    .Bind(1, id).Bind(2, (long)series).Bind(3, SiteTime.FirstFrom(SiteSpan.Day, from))
                    .Bind(4, SiteTime.NumberOf(SiteSpan.Day, until));
                while (rows.Step())
                {
                    sums[rows.Text(0)] = rows.Int64(1);
                }

                rows.Reset();
                return sums;
            },
            cancellationToken);

    public Task CollectVisitorsAsync(
        string tenant, string site, VisitorKind kind, SiteSpan span, long from, long until, UniqueCounter into,
        CancellationToken cancellationToken) =>
        file.ReadAsync(
            connection =>
            {
                if (SiteRows.Find(connection, tenant, site) is not { } id)
                {
                    return false;
                }

                var rows = connection.Statement(
                    "SELECT visitor FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number >= ?4 AND number < ?5");
                Bind(rows);
                while (rows.Step())
                {
                    into.Add(rows.Int64(0));
                }

                rows.Reset();
                rows = connection.Statement(
                    "SELECT registers FROM sketches WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number >= ?4 AND number < ?5");
                Bind(rows);
                while (rows.Step())
                {
                    into.Add(HyperLogLog.FromBytes(rows.Blob(0)));
                }

                rows.Reset();
                return true;

                void Bind(SqliteStatement statement) => statement.Bind(1, id).Bind(2, (long)span).Bind(3, (long)kind)
                    .Bind(4, SiteTime.FirstFrom(span, from)).Bind(5, SiteTime.NumberOf(span, until));
            },
            cancellationToken);

    public Task<long> FindPurgedAsync(CancellationToken cancellationToken) => file.ReadAsync(SiteRows.ReadPurged, cancellationToken);
}
