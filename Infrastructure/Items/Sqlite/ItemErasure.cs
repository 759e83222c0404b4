using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>
/// Erases users. What is left is a hash of the id with the position of the erasure: whatever comes later of the user is told from it.
/// </summary>
internal static class ItemErasure
{
    /// <summary>Takes the user away; transfers to them go on in <see cref="Continue"/>.</summary>
    public static void Begin(SqliteConnection connection, Received<ItemUserErased> received)
    {
        var (user, source) = (received.Message.User, received.Source);
        var (tenant, log) = (SqliteTenants.Ensure(connection, received.Tenant), SqliteSources.Ensure(connection, source));
        connection.Statement(
            """
            INSERT INTO erased (tenant, user, log, offset) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET log = ?3, offset = ?4 WHERE log <> ?3 OR offset < ?4
            """).Bind(1, tenant).Bind(2, ErasedUser.HashOf(user)).Bind(3, log).Bind(4, source.Offset).Run();
        connection.Statement("INSERT OR IGNORE INTO erasing (tenant, user) VALUES (?1, ?2)").Bind(1, tenant).Bind(2, user).Run();
        var row = connection.Statement("SELECT at FROM users WHERE tenant = ?1 AND id = ?2").Bind(1, tenant).Bind(2, user);
        long? at = row.Step() ? row.Int64(0) : null;
        row.Reset();
        if (at is { } created)
        {
            connection.Statement("DELETE FROM users WHERE tenant = ?1 AND id = ?2").Bind(1, tenant).Bind(2, user).Run();
            var sums = new ItemSums(connection);
            sums.Add(tenant, ItemStatistic.Users, created, -1);
            sums.Complete();
        }
    }

    /// <summary>Takes the user out of transfers.</summary>
    /// <returns>Number of transfers; fewer than the limit when none are left.</returns>
    public static int Continue(SqliteConnection connection, string tenant, Guid user, int limit) =>
        Strip(connection, SqliteTenants.Ensure(connection, tenant), user, limit);

    /// <summary>Goes on with erasures that were interrupted.</summary>
    /// <returns>Number of transfers; fewer than the limit when none are left.</returns>
    public static int ContinueAny(SqliteConnection connection, int limit)
    {
        var stripped = 0;
        while (stripped < limit && FindErasing(connection) is { } erasing)
        {
            stripped += Strip(connection, erasing.Tenant, erasing.User, limit - stripped);
        }

        return stripped;
    }

    private static int Strip(SqliteConnection connection, long tenant, Guid user, int limit)
    {
        var stripped = connection.Statement(
            """
            UPDATE transfers SET recipient = ?3, address = NULL WHERE (tenant, item, event) IN
                (SELECT tenant, item, event FROM transfers WHERE tenant = ?1 AND recipient = ?2 LIMIT ?4)
            """).Bind(1, tenant).Bind(2, user).Bind(3, Guid.Empty).Bind(4, limit).Run();
        if (stripped < limit)
        {
            connection.Statement("DELETE FROM erasing WHERE tenant = ?1 AND user = ?2").Bind(1, tenant).Bind(2, user).Run();
        }

        return stripped;
    }

    private static (long Tenant, Guid User)? FindErasing(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT tenant, user FROM erasing LIMIT 1");
        (long, Guid)? found = row.Step() ? (row.Int64(0), row.Guid(1)) : null;
        row.Reset();
        return found;
    }

    /// <summary>The position of a user's latest erasure; null if there was none.</summary>
    public static LogPosition? Find(SqliteConnection connection, string tenant, Guid user)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var row = connection.Statement("SELECT log, offset FROM erased WHERE tenant = ?1 AND user = ?2")
            .Bind(1, number).Bind(2, ErasedUser.HashOf(user));
        (long Log, long Offset)? found = row.Step() ? (row.Int64(0), row.Int64(1)) : null;
        row.Reset();
        return found is { } erased ? SqliteSources.PositionOf(connection, erased.Log, erased.Offset) : null;
    }
}
