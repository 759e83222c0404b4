using System.Security.Cryptography;
using System.Text;
using Contracts.Common;
using Contracts.Devices;
using Contracts.Messaging;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>
/// Erases devices. What is left is a hash of the id with the position of the erasure, so that earlier messages, when they come again, do
/// not bring the device back.
/// </summary>
internal static class DeviceErasure
{
    /// <summary>Hides the device at once; its rows are deleted in steps afterwards.</summary>
    /// <returns>The number under which its rows are to be deleted; null if there are none.</returns>
    public static long? Begin(SqliteConnection connection, Received<DeviceErased> received)
    {
        var message = received.Message;
        var tenant = SqliteTenants.Ensure(connection, received.Tenant);
        var (log, offset) = (SqliteSources.Ensure(connection, received.Source), received.Source.Offset);
        if (FindErased(connection, tenant, message.Device) is { } before && before.Log == log && before.Offset >= offset)
        {
            return null;
        }

        connection.Statement("REPLACE INTO erased VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, tenant).Bind(2, HashOf(message.Device)).Bind(3, log).Bind(4, offset)
            .Bind(5, StoredInstants.ToMilliseconds(message.Stamp.ReceivedAt)).Run();
        var row = connection.Statement("SELECT id, settings FROM devices WHERE tenant = ?1 AND name = ?2")
            .Bind(1, tenant).Bind(2, message.Device);
        long? id = row.Step() ? row.Int64(0) : null;
        var tags = id is null || row.IsNull(1) ? [] : DeviceRows.ReadSettings(row.Blob(1)).Tags;
        row.Reset();
        if (id is { } number)
        {
            DeviceTags.Delete(connection, tenant, message.Device, tags);
            connection.Statement("DELETE FROM devices WHERE id = ?1").Bind(1, number).Run();
            connection.Statement("INSERT INTO erasing VALUES (?1)").Bind(1, number).Run();
        }

        return id;
    }

    /// <summary>Deletes rows of devices that are being erased.</summary>
    /// <param name="connection">The connection of the file's writer, in its transaction.</param>
    /// <param name="only">Of this one; null for any.</param>
    /// <param name="limit">Maximum number of rows.</param>
    /// <returns>Number of rows deleted; fewer than the limit when none are left.</returns>
    public static int Continue(SqliteConnection connection, long? only, int limit)
    {
        var deleted = 0;
        while (deleted < limit && (only ?? FindErasing(connection)) is { } device)
        {
            var step = connection.Statement(
                "DELETE FROM readings WHERE (device, at) IN (SELECT device, at FROM readings WHERE device = ?1 LIMIT ?2)")
                .Bind(1, device).Bind(2, limit - deleted).Run();
            deleted += step;
            if (deleted < limit)
            {
                deleted += connection.Statement("DELETE FROM adjustments WHERE device = ?1").Bind(1, device).Run();
                connection.Statement("DELETE FROM erasing WHERE device = ?1").Bind(1, device).Run();
                if (only is not null)
                {
                    break;
                }
            }
        }

        return deleted;
    }

    /// <summary>Creates a device's row, which remembers an earlier erasure.</summary>
    public static long CreateDevice(
        SqliteConnection connection, long tenant, string device, out (long Log, long Offset, long At)? erased)
    {
        erased = FindErased(connection, tenant, device);
        connection.Statement("INSERT INTO devices (tenant, name, erased_log, erased_offset, erased_at) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, tenant).Bind(2, device).Bind(3, erased?.Log).Bind(4, erased?.Offset).Bind(5, erased?.At).Run();
        return connection.LastInsertRowId;
    }

    /// <summary>The position of the latest erasure; null if there was none.</summary>
    public static LogPosition? Find(SqliteConnection connection, string tenant, string device) =>
        SqliteTenants.Find(connection, tenant) is { } number && FindErased(connection, number, device) is { } erased
            ? SqliteSources.PositionOf(connection, erased.Log, erased.Offset)
            : null;

    private static long? FindErasing(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT device FROM erasing LIMIT 1");
        long? device = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return device;
    }

    private static (long Log, long Offset, long At)? FindErased(SqliteConnection connection, long tenant, string device)
    {
        var row = connection.Statement("SELECT log, offset, at FROM erased WHERE tenant = ?1 AND device = ?2")
            .Bind(1, tenant).Bind(2, HashOf(device));
        (long, long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1), row.Int64(2)) : null;
        row.Reset();
        return found;
    }

    private static byte[] HashOf(string device) => SHA256.HashData(Encoding.UTF8.GetBytes(device))[..16];
}
