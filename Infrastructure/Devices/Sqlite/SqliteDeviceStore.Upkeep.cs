using System.Globalization;
using Contracts.Devices;
using Contracts.Events;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <content>Settings, watches, and what the Runner does.</content>
internal sealed partial class SqliteDeviceStore
{
    /// <summary>Maximum number of devices that a step of the purge reads.</summary>
    private const int MaxDevicesPerStep = 500;

    /// <summary>How often a rebuild that others overtake tries again before it holds them up.</summary>
    private const int MaxTries = 5;

    public Task<ConfiguredDevice> ConfigureAsync(
        string tenant, string device, DeviceSettings settings, DateTimeOffset now, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection =>
            {
                var number = SqliteTenants.Ensure(connection, tenant);
                var known = Find(connection, tenant, device);
                if (known is null)
                {
                    DeviceErasure.CreateDevice(connection, number, device, out _);
                }

                DeviceTags.Replace(connection, number, device, settings.Tags);
                var quiet = (long?)settings.QuietAfter?.TotalMilliseconds;
                connection.Statement("UPDATE devices SET settings = ?3 WHERE tenant = ?1 AND name = ?2")
                    .Bind(1, number).Bind(2, device).Bind(3, DeviceRows.WriteSettings(settings)).Run();
                if (known?.Settings.QuietAfter != settings.QuietAfter)
                {
                    connection.Statement(
                        """
                        UPDATE devices SET silent_since = NULL, watch_at = max(coalesce(last_seen, ?4), ?4) + ?3
                        WHERE tenant = ?1 AND name = ?2
                        """)
                        .Bind(1, number).Bind(2, device).Bind(3, quiet).Bind(4, StoredInstants.ToMilliseconds(now)).Run();
                }

                return new ConfiguredDevice(
                    Find(connection, tenant, device)!, [.. (known?.Settings.Tags ?? []).Except(settings.Tags, StringComparer.Ordinal)])
                {
                    Before = known?.Settings ?? DeviceSettings.None,
                };
            },
            cancellationToken);

    public Task<IReadOnlyList<WatchedDevice>> FindDueWatchesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        file.ReadForRunnerAsync<IReadOnlyList<WatchedDevice>>(
            connection =>
            {
                var rows = connection.Statement(
                    $"SELECT {DeviceRows.Columns} FROM devices WHERE watch_at <= ?1 ORDER BY watch_at LIMIT ?2")
                    .Bind(1, StoredInstants.ToMilliseconds(now)).Bind(2, limit);
                var due = new List<WatchedDevice>();
                while (rows.Step())
                {
                    var tenant = SqliteTenants.FindName(connection, rows.Int64(DeviceRows.Tenant)) ?? string.Empty;
                    due.Add(new WatchedDevice(
                        tenant, DeviceRows.Read(rows), StoredInstants.FromMilliseconds(rows.Int64(DeviceRows.WatchAt))));
                }

                rows.Reset();
                return due;
            },
            cancellationToken);

    public Task<bool> TryMoveWatchAsync(
        WatchedDevice watched, DateTimeOffset nextAt, DateTimeOffset? silentSince, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Control,
            rows: 1,
            connection => connection.Statement(
                "UPDATE devices SET watch_at = ?4, silent_since = ?5 WHERE tenant = ?1 AND name = ?2 AND watch_at = ?3")
                .Bind(1, SqliteTenants.Find(connection, watched.Tenant)).Bind(2, watched.Device.Id)
                .Bind(3, StoredInstants.ToMilliseconds(watched.DueAt)).Bind(4, StoredInstants.ToMilliseconds(nextAt))
                .Bind(5, silentSince is { } since ? StoredInstants.ToMilliseconds(since) : null).Run() == 1,
            cancellationToken);

    public Task<PurgeStep> PurgeAsync(long before, string? after, int limit, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            WritePriority.Upkeep, limit, connection => DevicePurge.Run(connection, before, Parse(after), limit, MaxDevicesPerStep),
            cancellationToken);

    public async Task<DriftReport> RebuildAsync(string? after, int limit, bool repair, CancellationToken cancellationToken)
    {
        var devices = await file.ReadForRunnerAsync(
            connection =>
            {
                var rows = connection.Statement("SELECT id FROM devices WHERE id > ?1 ORDER BY id LIMIT ?2")
                    .Bind(1, Parse(after)).Bind(2, limit);
                var ids = new List<long>();
                while (rows.Step())
                {
                    ids.Add(rows.Int64(0));
                }

                rows.Reset();
                return ids;
            },
            cancellationToken);
        var drifted = new List<string>();
        foreach (var device in devices)
        {
            if (await CompareAsync(device, repair, cancellationToken) is { } difference)
            {
                drifted.Add(difference);
            }
        }

        var next = devices.Count == limit ? devices[^1].ToString(CultureInfo.InvariantCulture) : null;
        return new DriftReport(devices.Count, drifted, next);
    }

    private async Task<string?> CompareAsync(long device, bool repair, CancellationToken cancellationToken)
    {
        string? told = null;
        for (var tries = 1; ; tries++)
        {
            // A snapshot: what is written meanwhile is in neither of the two.
            var found = await file.ReadForRunnerAsync(connection => DeviceTotals.Compare(connection, device), cancellationToken);
            if (found is not { } totals || totals.Difference is not { } difference)
            {
                return told;
            }

            told ??= difference;
            if (!repair)
            {
                return told;
            }

            // Others go on counting while the rows are read; only the last try makes them wait.
            var isDone = await file.Writer.RunAsync(
                WritePriority.Upkeep,
                rows: 1,
                connection => tries < MaxTries ? totals.TrySwap(connection)
                    : DeviceTotals.Compare(connection, device)?.TrySwap(connection) != false,
                cancellationToken);
            if (isDone)
            {
                return told;
            }
        }
    }

    private static long Parse(string? cursor) => cursor is null ? 0 : long.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);
}
