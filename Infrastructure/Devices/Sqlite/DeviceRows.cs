using System.Text.Json;
using Contracts.Devices;
using Infrastructure.Devices.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Reads rows of the table <c>devices</c>.</summary>
internal static class DeviceRows
{
    /// <summary>In this order.</summary>
    public const string Columns =
        "id, name, readings, total_high, total_low, latest, last_seen, adjustments, settings, silent_since, tenant, watch_at";

    public const int Tenant = 10;
    public const int WatchAt = 11;

    public static DeviceRecord Read(SqliteStatement row) => new()
    {
        Id = row.Text(1),
        Readings = row.Int64(2),
        Total = SqliteSums.Read(row, 3),
        LatestAt = row.IsNull(5) ? null : row.Int64(5),
        LastSeenAt = row.IsNull(6) ? null : StoredInstants.FromMilliseconds(row.Int64(6)),
        Settings = row.IsNull(8) ? DeviceSettings.None : ReadSettings(row.Blob(8)),
        SilentSince = row.IsNull(9) ? null : StoredInstants.FromMilliseconds(row.Int64(9)),
    };

    /// <summary>The number of a device, and whether it has adjustments; null if there is none.</summary>
    public static (long Id, bool HasAdjustments)? Find(SqliteConnection connection, string tenant, string device)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } number)
        {
            return null;
        }

        var row = connection.Statement("SELECT id, adjustments FROM devices WHERE tenant = ?1 AND name = ?2")
            .Bind(1, number).Bind(2, device);
        (long, bool)? found = row.Step() ? (row.Int64(0), row.Int64(1) > 0) : null;
        row.Reset();
        return found;
    }

    public static byte[] WriteSettings(DeviceSettings settings) =>
        JsonSerializer.SerializeToUtf8Bytes(settings, StoredDevicesJson.Default.DeviceSettings);

    public static DeviceSettings ReadSettings(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, StoredDevicesJson.Default.DeviceSettings) ?? DeviceSettings.None;
}
