using Contracts.Common;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The tenants of one file, by number: rows and indexes hold the number instead of the name.</summary>
/// <remarks>
/// The default tenant's number is 0, which takes no byte in a row of SQLite. Numbers are looked up each time, which takes a microsecond or
/// two: a cached number would be wrong once its transaction is rolled back.
/// </remarks>
internal static class SqliteTenants
{
    public const string Table = "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);";

    public const long Default = 0;

    /// <summary>The number of a tenant; null if nothing was ever stored for it.</summary>
    public static long? Find(SqliteConnection connection, string tenant)
    {
        if (tenant == Tenant.Default)
        {
            return Default;
        }

        var row = connection.Statement("SELECT id FROM tenants WHERE name = ?1").Bind(1, tenant);
        long? found = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return found;
    }

    /// <summary>The number of a tenant, assigned now if it has none. Must run inside a transaction that writes.</summary>
    public static long Ensure(SqliteConnection connection, string tenant)
    {
        if (Find(connection, tenant) is { } known)
        {
            return known;
        }

        connection.Statement("INSERT INTO tenants (name) VALUES (?1)").Bind(1, tenant).Run();
        return connection.LastInsertRowId;
    }

    /// <summary>The numbers of all tenants, in order; the default one is among them even if nothing was ever stored.</summary>
    public static IReadOnlyList<long> List(SqliteConnection connection)
    {
        var rows = connection.Statement("SELECT id FROM tenants ORDER BY id");
        var found = new List<long> { Default };
        while (rows.Step())
        {
            found.Add(rows.Int64(0));
        }

        rows.Reset();
        return found;
    }

    /// <summary>Name of the tenant with this number; null if there is none, as in a damaged file.</summary>
    public static string? FindName(SqliteConnection connection, long number)
    {
        if (number == Default)
        {
            return Tenant.Default;
        }

        var row = connection.Statement("SELECT name FROM tenants WHERE id = ?1").Bind(1, number);
        var name = row.Step() ? row.Text(0) : null;
        row.Reset();
        return name;
    }
}
