using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>Messages that are stored in one transaction: each event once, and each sum once for all of them.</summary>
internal sealed class SiteBatch(SqliteConnection connection) : ISqliteBatch
{
    private readonly Dictionary<(long Tenant, string Site), Entry> sites = [];
    private readonly Dictionary<(long Tenant, string Site), (long Log, long Offset, long At)?> erased = [];
    private readonly SqliteArrivals arrivals = new(connection);
    private readonly SqliteStatement claim =
        connection.Statement("INSERT INTO claims VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");

    private readonly SqliteStatement insert = connection.Statement(
        "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly long purgedBefore = SiteRows.ReadPurged(connection);

    /// <returns>Whether all that it carries is new.</returns>
    public bool Add(Received<SiteEventsReceived> received)
    {
        var (message, source) = (received.Message, received.Source);
        var number = arrivals.LogOf(source);
        if (IsErased(arrivals.TenantOf(received.Tenant), message.Site, number, source.Offset, message.Stamp))
        {
            return false;
        }

        var site = SiteOf(received.Tenant, message.Site);
        arrivals.Note(received, message.Stamp);
        site.Seen(message.Stamp);
        var added = 0;
        for (var i = 0; i < message.Events.Count; i++)
        {
            var each = message.Events[i];
            if (each.At < purgedBefore
                || (site.HasErasures && IsErased(site.Id, VisitorHash.Of(each), number, source.Offset, message.Stamp)))
            {
                continue;
            }

            var key = SiteEventKey.Of(each.EventId, out var isUuid);
            if (claim.Bind(1, site.Id).Bind(2, key).Bind(3, number).Bind(4, source.Offset).Bind(5, i).Run() == 1)
            {
                Insert(site.Id, each, key, isUuid, number, source.Offset);
                site.Count(each);
                added++;
            }
        }

        return added == message.Events.Count;
    }

    /// <summary>Writes what the events add to sums.</summary>
    public void Complete()
    {
        foreach (var site in sites.Values)
        {
            site.Write(connection);
        }
    }

    private void Insert(long site, SiteEvent each, Guid key, bool isUuid, long number, long offset)
    {
        insert.Bind(1, site).Bind(2, each.At).Bind(3, key).Bind(4, each.Type).Bind(5, each.Path).Bind(6, each.User)
            .Bind(7, each.User is null ? each.Visitor : null).Bind(8, each.IsBot ? 1L : 0L).Bind(9, each.Referrer);
        if (SiteExtra.Write(each) is { } extra)
        {
            insert.Bind(10, extra.AsSpan());
        }
        else
        {
            insert.Bind(10, (string?)null);
        }

        insert.Bind(11, isUuid ? null : each.EventId).Bind(12, number).Bind(13, offset).Run();
    }

    private bool IsErased(long site, long? visitor, long number, long offset, EventStamp stamp)
    {
        if (visitor is not { } who)
        {
            return false;
        }

        var row = connection.Statement("SELECT log, offset, at FROM erased WHERE site = ?1 AND visitor = ?2").Bind(1, site).Bind(2, who);
        var isErased = row.Step()
            && (row.Int64(0) == number ? offset < row.Int64(1) : StoredInstants.ToMilliseconds(stamp.ReceivedAt) <= row.Int64(2));
        row.Reset();
        return isErased;
    }

    private bool IsErased(long tenant, string site, long number, long offset, EventStamp stamp)
    {
        if (!erased.TryGetValue((tenant, site), out var erasure))
        {
            erased[(tenant, site)] = erasure = WholeSiteErasure.FindErased(connection, tenant, site);
        }

        return WholeSiteErasure.Covers(erasure, number, offset, stamp);
    }

    private Entry SiteOf(string tenant, string site)
    {
        var owner = arrivals.TenantOf(tenant);
        if (!sites.TryGetValue((owner, site), out var entry))
        {
            sites[(owner, site)] = entry = Entry.FindOrCreate(connection, owner, site);
        }

        return entry;
    }

    /// <summary>A site with what this batch adds to it.</summary>
    private sealed class Entry(long id, bool hasErasures, long? storedSeen)
    {
        private readonly Dictionary<long, DaySums> days = [];
        private long events;
        private long? seen;

        public long Id => id;

        public bool HasErasures => hasErasures;

        public static Entry FindOrCreate(SqliteConnection connection, long tenant, string site)
        {
            var row = connection.Statement("SELECT id, erasures, last_seen FROM sites WHERE tenant = ?1 AND name = ?2")
                .Bind(1, tenant).Bind(2, site);
            var found = row.Step() ? new Entry(row.Int64(0), row.Int64(1) > 0, row.IsNull(2) ? null : row.Int64(2)) : null;
            row.Reset();
            return found ?? new Entry(Create(connection, tenant, site), hasErasures: false, storedSeen: null);
        }

        public static long Create(SqliteConnection connection, long tenant, string site)
        {
            connection.Statement("INSERT INTO sites (tenant, name) VALUES (?1, ?2)").Bind(1, tenant).Bind(2, site).Run();
            return connection.LastInsertRowId;
        }

        public void Seen(EventStamp stamp)
        {
            var at = StoredInstants.ToMilliseconds(stamp.ReceivedAt);
            seen = Math.Max(Math.Max(seen ?? at, storedSeen ?? at), at);
        }

        public void Count(SiteEvent each)
        {
            events++;
            var day = SiteTime.NumberOf(SiteSpan.Day, each.At);
            if (!days.TryGetValue(day, out var sums))
            {
                days[day] = sums = new DaySums(day);
            }

            sums.Add(each);
        }

        public void Write(SqliteConnection connection)
        {
            if (events == 0 && (seen ?? storedSeen) == storedSeen)
            {
                // A client that repeats itself.
                return;
            }

            connection.Statement("UPDATE sites SET events = events + ?2, last_seen = ?3 WHERE id = ?1")
                .Bind(1, id).Bind(2, events).Bind(3, seen ?? storedSeen).Run();
            foreach (var sums in days.Values)
            {
                SiteSums.Add(connection, id, sums);
            }
        }
    }

    /// <summary>The number of a site, made now if there is none.</summary>
    public static long Ensure(SqliteConnection connection, string tenant, string site) =>
        SiteRows.Find(connection, tenant, site) ?? Entry.Create(connection, SqliteTenants.Ensure(connection, tenant), site);
}
