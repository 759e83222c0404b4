using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>
/// Erases whole sites. What is left is a hash of the id with the position of the erasure, so that earlier messages, when they come again,
/// do not bring the site back.
/// </summary>
internal static class WholeSiteErasure
{
    /// <summary>Tables that begin with a site's number, and the rest of their keys.</summary>
    private static readonly (string Table, string Key)[] Tables =
    [
        ("events", "at, event"), ("claims", "event"), ("minutes", "minute"), ("names", "series, day, name"),
        ("visitors", "span, kind, number, visitor"), ("sketches", "span, kind, number"), ("days", "day"), ("erasing", "visitor"),
        ("erased", "visitor"),
    ];

    /// <summary>Hides the site at once; its rows are deleted in steps afterwards.</summary>
    /// <returns>The number under which its rows are to be deleted; null if there are none.</returns>
    public static long? Begin(SqliteConnection connection, Received<SiteErased> received)
    {
        var (tenant, site) = (SqliteTenants.Ensure(connection, received.Tenant), received.Message.Site);
        var (log, offset) = (SqliteSources.Ensure(connection, received.Source), received.Source.Offset);
        if (FindErased(connection, tenant, site) is { } before && before.Log == log && before.Offset >= offset)
        {
            return null;
        }

        connection.Statement("REPLACE INTO erased_sites VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, tenant).Bind(2, HashOf(site)).Bind(3, log).Bind(4, offset)
            .Bind(5, StoredInstants.ToMilliseconds(received.Message.Stamp.ReceivedAt)).Run();
        if (SiteRows.Find(connection, received.Tenant, site) is not { } number)
        {
            return null;
        }

        connection.Statement("DELETE FROM sites WHERE id = ?1").Bind(1, number).Run();
        connection.Statement("INSERT INTO erasing_sites VALUES (?1)").Bind(1, number).Run();
        return number;
    }

    /// <summary>Deletes rows of sites that are being erased.</summary>
    /// <param name="connection">The connection of the file's writer, in its transaction.</param>
    /// <param name="limit">Maximum number of rows, more or less.</param>
    /// <returns>Number of rows deleted; fewer than the limit when none are left.</returns>
    public static int Continue(SqliteConnection connection, int limit)
    {
        var deleted = 0;
        while (deleted < limit && FindErasing(connection) is { } site)
        {
            foreach (var (table, key) in Tables)
            {
                deleted += deleted >= limit ? 0 : connection.Statement(
                    $"DELETE FROM {table} WHERE site = ?1 AND ({key}) IN (SELECT {key} FROM {table} WHERE site = ?1 LIMIT ?2)")
                    .Bind(1, site).Bind(2, limit - deleted).Run();
            }

            if (deleted < limit)
            {
                connection.Statement("DELETE FROM retired WHERE site = ?1").Bind(1, site).Run();
                connection.Statement("DELETE FROM erasing_sites WHERE site = ?1").Bind(1, site).Run();
            }
        }

        return deleted;
    }

    /// <summary>The position of the latest erasure that is done; null if there was none.</summary>
    public static LogPosition? Find(SqliteConnection connection, string tenant, string site) =>
        SqliteTenants.Find(connection, tenant) is { } number && FindErased(connection, number, site) is { } erased
            && FindErasing(connection) is null
            ? SqliteSources.PositionOf(connection, erased.Log, erased.Offset)
            : null;

    /// <summary>The latest erasure of a site; null if there was none.</summary>
    public static (long Log, long Offset, long At)? FindErased(SqliteConnection connection, long tenant, string site)
    {
        var row = connection.Statement("SELECT log, offset, at FROM erased_sites WHERE tenant = ?1 AND site = ?2")
            .Bind(1, tenant).Bind(2, HashOf(site));
        (long, long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1), row.Int64(2)) : null;
        row.Reset();
        return found;
    }

    /// <summary>Whether an erasure came after a message: by their offsets on one log, else by the clock.</summary>
    public static bool Covers((long Log, long Offset, long At)? erased, long log, long offset, EventStamp stamp) => erased is { } before
        && (before.Log == log ? offset < before.Offset : StoredInstants.ToMilliseconds(stamp.ReceivedAt) <= before.At);

    private static long? FindErasing(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT site FROM erasing_sites LIMIT 1");
        long? site = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return site;
    }

    private static byte[] HashOf(string site) => SHA256.HashData(Encoding.UTF8.GetBytes(site))[..16];
}
