using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>The tables of devices.db; docs/data-model.md draws them.</summary>
internal static class DeviceSchema
{
    private const int Version = 2;

    private const string Tables = $"""
        {SqliteTenants.Table}
        {SqliteSources.Tables}
        {DeviceTags.Table}

        CREATE TABLE devices (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            readings INTEGER NOT NULL DEFAULT 0,
            total_high INTEGER NOT NULL DEFAULT 0,
            total_low INTEGER NOT NULL DEFAULT 0,
            latest INTEGER,
            last_seen INTEGER,
            adjustments INTEGER NOT NULL DEFAULT 0,
            purged INTEGER NOT NULL DEFAULT 0,
            purged_high INTEGER NOT NULL DEFAULT 0,
            purged_low INTEGER NOT NULL DEFAULT 0,
            erased_log INTEGER,
            erased_offset INTEGER,
            erased_at INTEGER,
            settings BLOB,
            watch_at INTEGER,
            silent_since INTEGER
        );
        CREATE UNIQUE INDEX devices_name ON devices (tenant, name);
        CREATE INDEX devices_watched ON devices (watch_at) WHERE watch_at IS NOT NULL;

        CREATE TABLE readings (
            device INTEGER NOT NULL,
            at INTEGER NOT NULL,
            count INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            item INTEGER NOT NULL,
            PRIMARY KEY (device, at)
        ) WITHOUT ROWID;

        CREATE TABLE adjustments (
            device INTEGER NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            delta INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            reason TEXT,
            PRIMARY KEY (device, at, event)
        ) WITHOUT ROWID;

        CREATE TABLE erased (
            tenant INTEGER NOT NULL,
            device BLOB NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (tenant, device)
        ) WITHOUT ROWID;

        CREATE TABLE erasing (device INTEGER PRIMARY KEY);

        CREATE TABLE purged (before INTEGER NOT NULL);
        """;

    /// <summary>Creates the tables in an empty file, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection) => SqliteVersion.Apply(
        connection,
        Version,
        "devices",

        // The first schema had no table of tags.
        found => found == 0 ? Tables : $"{DeviceTags.Table} INSERT OR IGNORE INTO tags {DeviceTags.OfSettings};");
}
