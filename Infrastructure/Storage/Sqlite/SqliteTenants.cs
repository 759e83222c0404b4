using Contracts.Common;

namespace Infrastructure.Storage.Sqlite;

/// <summary>The tenants of one file, by number: rows and indexes hold the number in place of the name.</summary>
/// <remarks>
/// The default tenant's number is 0, which SQLite stores in no byte of a row. Looked up each time, which takes a microsecond or two:
/// a number that was remembered would be wrong once its transaction is rolled back.
/// </remarks>
internal static class SqliteTenants
{
    public const string Table = "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);";

    public const long Default = 0;

    /// <summary>The number of a tenant; null when nothing of it was ever stored.</summary>
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

    /// <summary>The number of a tenant, given to it now if it has none. Inside a transaction that writes.</summary>
    public static long Ensure(SqliteConnection connection, string tenant)
    {
        if (Find(connection, tenant) is { } known)
        {
            return known;
        }

        connection.Statement("INSERT INTO tenants (name) VALUES (?1)").Bind(1, tenant).Run();
        return connection.LastInsertRowId;
    }

    /// <summary>The tenant with a number that a row holds.</summary>
    public static string NameOf(SqliteConnection connection, long number)
    {
        if (number == Default)
        {
            return Tenant.Default;
        }

        var row = connection.Statement("SELECT name FROM tenants WHERE id = ?1").Bind(1, number);
        var name = row.Step() ? row.Text(0) : null;
        row.Reset();
        return name ?? throw new InvalidOperationException($"There is no tenant number {number}.");
    }
}
