using Contracts.Revenue;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>The names of events that tenants have registered.</summary>
internal static class RevenueTypes
{
    /// <returns>True if it is new.</returns>
    public static bool Register(SqliteConnection connection, string tenant, RevenueEventType type)
    {
        var number = SqliteTenants.Ensure(connection, tenant);
        var isNew = connection.Statement("INSERT INTO types (tenant, name, sign) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .Bind(1, number).Bind(2, type.Name).Bind(3, (long)type.Sign).Run() == 1;
        var update = connection.Statement("UPDATE types SET sign = ?3, schema = ?4 WHERE tenant = ?1 AND name = ?2")
            .Bind(1, number).Bind(2, type.Name).Bind(3, (long)type.Sign);
        (type.Schema is { } schema ? update.Bind(4, schema.Span) : update.Bind(4, (long?)null)).Run();
        return isNew;
    }

    public static bool Unregister(SqliteConnection connection, string tenant, string name) =>
        SqliteTenants.Find(connection, tenant) is { } number
        && connection.Statement("DELETE FROM types WHERE tenant = ?1 AND name = ?2").Bind(1, number).Bind(2, name).Run() == 1;

    public static IReadOnlyList<RevenueEventType> List(SqliteConnection connection, string tenant)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return [];
        }

        var rows = connection.Statement("SELECT name, sign, schema FROM types WHERE tenant = ?1 ORDER BY name").Bind(1, number);
        var found = new List<RevenueEventType>();
        while (rows.Step())
        {
            found.Add(new RevenueEventType(
                rows.Text(0), (RevenueSign)rows.Int64(1), rows.IsNull(2) ? null : (ReadOnlyMemory<byte>?)rows.Blob(2).ToArray()));
        }

        rows.Reset();
        return found;
    }
}
