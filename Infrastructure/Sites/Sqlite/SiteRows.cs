using Contracts.Events;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>Reads rows of sites and events.</summary>
internal static class SiteRows
{
    /// <summary>Of an event, in this order.</summary>
    public const string Columns = "at, event, type, path, user, visitor, bot, referrer, extra, event_id, log, offset";

    /// <summary>Nothing was ever received of others, whose rows only remember who is erased.</summary>
    public const string IsSite = "last_seen IS NOT NULL";

    private const string Page =
        $"SELECT {Columns} FROM events WHERE site = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, event LIMIT ?4";

    private const string NextPage =
        $"SELECT {Columns} FROM events WHERE site = ?1 AND at < ?3 AND (at, event) > (?2, ?5) ORDER BY at, event LIMIT ?4";

    /// <summary>The number of a site; null if there is none.</summary>
    public static long? Find(SqliteConnection connection, string tenant, string site)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var row = connection.Statement("SELECT id FROM sites WHERE tenant = ?1 AND name = ?2").Bind(1, number).Bind(2, site);
        long? found = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return found;
    }

    /// <summary>The instant before which nothing can be stored.</summary>
    public static long ReadPurged(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT before FROM purged");
        var before = row.Step() ? row.Int64(0) : long.MinValue;
        row.Reset();
        return before;
    }

    public static IReadOnlyList<StoredSiteEvent> Read(SqliteConnection connection, string tenant, string site, SiteEventRange range)
    {
        if (Find(connection, tenant, site) is not { } number)
        {
            return [];
        }

        var rows = connection.Statement(range.After is null ? Page : NextPage)
            .Bind(1, number).Bind(2, range.After?.At ?? range.From).Bind(3, range.To).Bind(4, range.Limit);
        if (range.After is { } after)
        {
            rows.Bind(5, after.Key);
        }

        var events = new List<StoredSiteEvent>();
        (long Log, long Offset, EventStamp Stamp)? arrival = null;
        string? type = null;
        while (rows.Step())
        {
            var read = ReadEvent(rows, ref type);
            if (range.WithArrival)
            {
                if (arrival is not { } last || last.Log != rows.Int64(10) || last.Offset != rows.Int64(11))
                {
                    arrival = (rows.Int64(10), rows.Int64(11), SqliteSources.FindArrival(connection, rows.Int64(10), rows.Int64(11)));
                }

                read = read with { ReceivedAt = arrival.Value.Stamp.ReceivedAt, Address = arrival.Value.Stamp.Address };
            }

            events.Add(read);
        }

        rows.Reset();
        return events;
    }

    /// <summary>The event that a row of <see cref="Columns"/> is.</summary>
    public static StoredSiteEvent ReadEvent(SqliteStatement row, ref string? type)
    {
        var key = row.Guid(1);
        var extra = row.IsNull(8) ? null : SiteExtra.Read(row.Blob(8));
        var found = row.Text(2);

        // Most have one type: kept once, not a million times.
        type = found == type ? type : found;
        return new StoredSiteEvent(
            new SiteEvent(row.Int64(0), type!, row.Text(3), row.IsNull(9) ? key.ToString("D") : row.Text(9))
            {
                User = row.IsNull(4) ? null : row.Text(4),
                Visitor = row.IsNull(5) ? null : row.Int64(5),
                IsBot = row.Int64(6) != 0,
                Referrer = row.IsNull(7) ? null : row.Text(7),
                Utm = extra?.Utm,
                Properties = extra?.Properties,
                Address = extra?.Address,
            },
            key);
    }

    /// <summary>A site from columns name, events, last_seen.</summary>
    public static SiteRecord ReadSite(SqliteStatement row) =>
        new(row.Text(0), row.Int64(1), row.IsNull(2) ? null : StoredInstants.FromMilliseconds(row.Int64(2)));
}
