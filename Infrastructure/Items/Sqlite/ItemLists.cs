using Contracts.Items;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Lists users, base items, items and transfers in time order.</summary>
internal static class ItemLists
{
    private const string OfId = """
        tenant = ?1 AND at >= ?2 AND at < ?3 AND (at, id) > (?4, ?5) ORDER BY at, id LIMIT ?6
        """;

    public static IReadOnlyList<ItemUser> Users(SqliteConnection connection, string tenant, ItemListRange range) => List(
        connection, tenant, range, $"SELECT id, at, log, offset, 0 FROM users WHERE {OfId}",
        static (row, sources) => new ItemUser(row.Guid(0), row.Int64(1), sources.Read(row, 2)));

    public static IReadOnlyList<BaseItem> BaseItems(SqliteConnection connection, string tenant, ItemListRange range) => List(
        connection, tenant, range, $"SELECT id, at, log, offset, 0, description FROM base_items WHERE {OfId}",
        static (row, sources) => new BaseItem(row.Guid(0), row.Text(5), row.Int64(1), sources.Read(row, 2)));

    public static IReadOnlyList<Item> Items(SqliteConnection connection, string tenant, ItemListRange range) => List(
        connection, tenant, range, $"SELECT id, at, log, offset, 0, base FROM items WHERE {OfId}",
        static (row, sources) => new Item(row.Guid(0), row.Guid(5), row.Int64(1), sources.Read(row, 2)));

    public static IReadOnlyList<ItemTransfer> Transfers(SqliteConnection connection, string tenant, ItemListRange range) => List(
        connection, tenant, range,
        """
        SELECT event, recipient, at, log, offset, 0, received_at, address, item FROM transfers
        WHERE tenant = ?1 AND at >= ?2 AND at < ?3 AND (at, item, event) > (?4, ?5, ?7) ORDER BY at, item, event LIMIT ?6
        """,
        (row, sources) => ItemRows.ReadTransfer(connection, row.Guid(8), row, sources),
        isOfTransfers: true);

    private static List<T> List<T>(
        SqliteConnection connection, string tenant, ItemListRange range, string sql, Func<SqliteStatement, SqliteSourceReader, T> read,
        bool isOfTransfers = false)
    {
        var found = new List<T>();
        if (SqliteTenants.Find(connection, tenant) is not { } owner)
        {
            return found;
        }

        var after = range.After ?? new ItemPlace(long.MinValue, Guid.Empty);
        var rows = connection.Statement(sql).Bind(1, owner).Bind(2, range.From).Bind(3, range.To).Bind(4, after.At).Bind(5, after.Id)
            .Bind(6, range.Limit);
        if (isOfTransfers)
        {
            rows.Bind(7, after.EventId);
        }

        var sources = new SqliteSourceReader(connection);
        while (rows.Step())
        {
            found.Add(read(rows, sources));
        }

        rows.Reset();
        return found;
    }
}
