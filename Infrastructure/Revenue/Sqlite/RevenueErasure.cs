using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>
/// Erases users. What is left is a hash of the id with the position of the erasure, so that earlier messages, when they come again, do not
/// bring the user back.
/// </summary>
internal static class RevenueErasure
{
    /// <summary>Hides user and balances at once; the ledger, and what it added to the sums of all, go in steps afterwards.</summary>
    /// <returns>The number under which the rest is to be deleted; null if there is nothing.</returns>
    public static long? Begin(SqliteConnection connection, Received<RevenueUserErased> received)
    {
        var message = received.Message;
        var tenant = SqliteTenants.Ensure(connection, received.Tenant);
        var (log, offset) = (SqliteSources.Ensure(connection, received.Source), received.Source.Offset);
        if (Find(connection, tenant, message.User) is { } before && before.Log == log && before.Offset >= offset)
        {
            return null;
        }

        connection.Statement("REPLACE INTO erased VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, tenant).Bind(2, HashOf(message.User)).Bind(3, log).Bind(4, offset)
            .Bind(5, StoredInstants.ToMilliseconds(message.Stamp.ReceivedAt)).Run();
        if (RevenueUsers.FindId(connection, received.Tenant, message.User) is not { } user)
        {
            return null;
        }

        connection.Statement("DELETE FROM users WHERE id = ?1").Bind(1, user).Run();
        connection.Statement("DELETE FROM balances WHERE user = ?1").Bind(1, user).Run();
        connection.Statement("INSERT INTO erasing VALUES (?1, ?2)").Bind(1, user).Bind(2, tenant).Run();
        return user;
    }

    /// <summary>Deletes entries of users that are being erased, and takes them out of all sums in the same transaction.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="only">Of this one; null for any.</param>
    /// <param name="limit">Maximum number of entries.</param>
    /// <returns>Number of entries deleted; fewer than the limit when none are left.</returns>
    public static int Continue(SqliteConnection connection, long? only, int limit)
    {
        var deleted = 0;
        while (deleted < limit && FindErasing(connection, only) is { } erasing)
        {
            var step = DeleteEntries(connection, erasing.User, erasing.Tenant, limit - deleted);
            deleted += step;
            if (deleted < limit)
            {
                // Of purged days, of which no entry is left, the sums may still be there.
                connection.Statement("DELETE FROM sums WHERE scope = ?1").Bind(1, erasing.User).Run();
                connection.Statement("DELETE FROM erasing WHERE user = ?1").Bind(1, erasing.User).Run();
            }
        }

        return deleted;
    }

    /// <summary>The latest erasure of a user, as it is stored; null if there was none.</summary>
    public static (long Log, long Offset, long At)? Find(SqliteConnection connection, long tenant, string user)
    {
        var row = connection.Statement("SELECT log, offset, at FROM erased WHERE tenant = ?1 AND user = ?2")
            .Bind(1, tenant).Bind(2, HashOf(user));
        (long, long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1), row.Int64(2)) : null;
        row.Reset();
        return found;
    }

    /// <summary>The position of the latest erasure; null if there was none.</summary>
    public static LogPosition? Find(SqliteConnection connection, string tenant, string user) =>
        SqliteTenants.Find(connection, tenant) is { } number && Find(connection, number, user) is { } erased
            ? SqliteSources.PositionOf(connection, erased.Log, erased.Offset)
            : null;

    private static int DeleteEntries(SqliteConnection connection, long user, long tenant, int limit)
    {
        var purged = RevenueBatch.ReadPurged(connection);
        var sums = new RevenueSums(connection);
        var events = new List<string>();
        var rows = connection.Statement(
            "SELECT event, at, currency, effect_high, effect_low FROM entries WHERE user = ?1 LIMIT ?2").Bind(1, user).Bind(2, limit);
        while (rows.Step())
        {
            events.Add(rows.Text(0));

            // Of purged days there are no sums any more, or they are about to go.
            if (!rows.IsNull(1) && rows.Int64(1) >= purged)
            {
                sums.Add(tenant, user, rows.Int64(1), rows.Text(2), -RevenueDelta.Of(new Amount(SqliteSums.Read(rows, 3))));
            }
        }

        rows.Reset();
        foreach (var each in events)
        {
            connection.Statement("DELETE FROM entries WHERE user = ?1 AND event = ?2").Bind(1, user).Bind(2, each).Run();
        }

        sums.Complete();
        return events.Count;
    }

    private static (long User, long Tenant)? FindErasing(SqliteConnection connection, long? only)
    {
        var row = connection.Statement("SELECT user, tenant FROM erasing WHERE ?1 IS NULL OR user = ?1 LIMIT 1").Bind(1, only);
        (long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1)) : null;
        row.Reset();
        return found;
    }

    private static byte[] HashOf(string user) => SHA256.HashData(Encoding.UTF8.GetBytes(user))[..16];
}
