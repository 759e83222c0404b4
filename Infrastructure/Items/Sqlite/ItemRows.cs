using Contracts.Events;
using Contracts.Items;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Reads users, base items, items and transfers.</summary>
internal static class ItemRows
{
    private const string Transfer =
        "SELECT event, recipient, at, log, offset, 0, received_at, address FROM transfers WHERE tenant = ?1 AND item = ?2";

    private const string Source = "WHERE tenant = ?1 AND item = ?2 AND event = ?3";

    private const string OldestAfter =
        $"{Transfer} AND (at, log, offset) > (?3, ?4, ?5) ORDER BY at, log, offset LIMIT ?6";

    private const string NewestAfter =
        $"{Transfer} AND (at, log, offset) < (?3, ?4, ?5) ORDER BY at DESC, log DESC, offset DESC LIMIT ?6";

    private const string Latest = $"{Transfer} ORDER BY at DESC, log DESC, offset DESC LIMIT 1";

    public static IReadOnlyList<ItemUser> FindUsers(SqliteConnection connection, string tenant, IReadOnlyList<Guid> ids) => Find(
        connection, tenant, ids, "SELECT at, log, offset, 0 FROM users WHERE tenant = ?1 AND id = ?2",
        static (id, row, sources) => new ItemUser(id, row.Int64(0), sources.Read(row, 1)));

    public static IReadOnlyList<BaseItem> FindBaseItems(SqliteConnection connection, string tenant, IReadOnlyList<Guid> ids) => Find(
        connection, tenant, ids, "SELECT at, log, offset, 0, description FROM base_items WHERE tenant = ?1 AND id = ?2",
        static (id, row, sources) => new BaseItem(id, row.Text(4), row.Int64(0), sources.Read(row, 1)));

    public static IReadOnlyList<Item> FindItems(SqliteConnection connection, string tenant, IReadOnlyList<Guid> ids) => Find(
        connection, tenant, ids, "SELECT at, log, offset, 0, base FROM items WHERE tenant = ?1 AND id = ?2",
        static (id, row, sources) => new Item(id, row.Guid(4), row.Int64(0), sources.Read(row, 1)));

    public static IReadOnlyList<ItemTransfer> FindOwners(SqliteConnection connection, string tenant, IReadOnlyList<Guid> items) => Find(
        connection, tenant, items, Latest, (item, row, sources) => ReadTransfer(connection, item, row, sources));

    public static IReadOnlyList<EventSource?> FindSources(
        SqliteConnection connection, string tenant, IReadOnlyList<(Guid Item, string EventId)> transfers)
    {
        var found = new EventSource?[transfers.Count];
        if (SqliteTenants.Find(connection, tenant) is not { } owner)
        {
            return found;
        }

        var sources = new SqliteSourceReader(connection);
        for (var i = 0; i < found.Length; i++)
        {
            // Of one that was purged its claim tells it.
            var row = connection.Statement(
                $"SELECT log, offset, 0 FROM transfers {Source} UNION ALL SELECT log, offset, 0 FROM claims {Source}")
                .Bind(1, owner).Bind(2, transfers[i].Item).Bind(3, transfers[i].EventId);
            found[i] = row.Step() ? sources.Read(row) : null;
            row.Reset();
        }

        return found;
    }

    public static IReadOnlyList<ItemTransfer> ReadHistory(SqliteConnection connection, string tenant, Guid item, ItemHistoryRange range)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } owner)
        {
            return [];
        }

        // Of a log that is not known nothing is there; its place is before all others of the instant.
        var (at, log, offset) = range.After is not { } after
            ? range.IsNewestFirst ? (long.MaxValue, long.MaxValue, long.MaxValue) : (long.MinValue, 0, 0)
            : (after.At, SqliteSources.Find(connection, after.Source.Position) ?? 0, after.Source.Position.Offset);
        var rows = connection.Statement(range.IsNewestFirst ? NewestAfter : OldestAfter)
            .Bind(1, owner).Bind(2, item).Bind(3, at).Bind(4, log).Bind(5, offset).Bind(6, range.Limit);
        var sources = new SqliteSourceReader(connection);
        var found = new List<ItemTransfer>();
        while (rows.Step())
        {
            found.Add(ReadTransfer(connection, item, rows, sources));
        }

        rows.Reset();
        return found;
    }

    private static List<T> Find<T>(
        SqliteConnection connection, string tenant, IReadOnlyList<Guid> ids, string sql,
        Func<Guid, SqliteStatement, SqliteSourceReader, T> read)
    {
        var found = new List<T>();
        if (SqliteTenants.Find(connection, tenant) is not { } owner)
        {
            return found;
        }

        var sources = new SqliteSourceReader(connection);
        foreach (var id in ids.Distinct())
        {
            var row = connection.Statement(sql).Bind(1, owner).Bind(2, id);
            if (row.Step())
            {
                found.Add(read(id, row, sources));
            }

            row.Reset();
        }

        return found;
    }

    public static ItemTransfer ReadTransfer(
        SqliteConnection connection, Guid item, SqliteStatement row, SqliteSourceReader sources)
    {
        // One that outlives what else arrived with it has its own.
        var stamp = row.IsNull(6) ? SqliteSources.FindArrival(connection, row.Int64(3), row.Int64(4))
            : new EventStamp(StoredInstants.FromMilliseconds(row.Int64(6)), row.IsNull(7) ? null : row.Text(7));
        var to = row.Guid(1);

        // Whoever transfers something to a user may be that user: the address goes with them.
        return new ItemTransfer(
            item, row.Text(0), to, row.Int64(2), sources.Read(row, 3), to == Guid.Empty ? stamp with { Address = null } : stamp);
    }
}
