using Contracts.Revenue;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>Reads users with their balances.</summary>
internal static class RevenueUsers
{
    /// <summary>The number of a user; null if there is none.</summary>
    public static long? FindId(SqliteConnection connection, string tenant, string user)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var row = connection.Statement("SELECT id FROM users WHERE tenant = ?1 AND name = ?2").Bind(1, number).Bind(2, user);
        long? found = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return found;
    }

    public static RevenueUser? Find(SqliteConnection connection, string tenant, string user)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var rows = connection.Statement(
            """
            SELECT name, last_seen, currency, total_high, total_low, events FROM users LEFT JOIN balances ON user = id
            WHERE tenant = ?1 AND name = ?2 ORDER BY currency
            """).Bind(1, number).Bind(2, user);
        return Read(rows) is [var found] ? found : null;
    }

    public static RevenueUserPage List(SqliteConnection connection, string tenant, string? after, int limit)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return new RevenueUserPage([], null);
        }

        var rows = connection.Statement(
            """
            SELECT listed, last_seen, currency, total_high, total_low, events FROM
                (SELECT id, name AS listed, last_seen FROM users WHERE tenant = ?1 AND name > ?2 ORDER BY name LIMIT ?3)
                LEFT JOIN balances ON user = id
            ORDER BY listed, currency
            """).Bind(1, number).Bind(2, after ?? string.Empty).Bind(3, limit + 1);
        var found = Read(rows);
        return found.Count <= limit ? new RevenueUserPage(found, null)
            : new RevenueUserPage(found[..limit], found[limit - 1].Id);
    }

    /// <summary>Users from their rows, one for each balance or one without any, those of one user together.</summary>
    private static List<RevenueUser> Read(SqliteStatement rows)
    {
        var found = new List<RevenueUser>();
        var balances = new List<RevenueBalance>();
        while (rows.Step())
        {
            var name = rows.Text(0);
            if (found.Count == 0 || found[^1].Id != name)
            {
                balances = [];
                found.Add(new RevenueUser(name, balances, StoredInstants.FromMilliseconds(rows.Int64(1))));
            }

            if (!rows.IsNull(2))
            {
                balances.Add(new RevenueBalance(rows.Text(2), new Amount(SqliteSums.Read(rows, 3)), rows.Int64(5)));
            }
        }

        rows.Reset();
        return found;
    }
}
