using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>The tables of revenue.db; docs/data-model.md draws them.</summary>
internal static class RevenueSchema
{
    private const int Version = 1;

    private const string Tables = $"""
        {SqliteTenants.Table}
        {SqliteSources.Tables}

        CREATE TABLE users (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            last_seen INTEGER NOT NULL,
            erased_log INTEGER,
            erased_offset INTEGER,
            erased_at INTEGER
        );
        CREATE UNIQUE INDEX users_name ON users (tenant, name);

        CREATE TABLE balances (
            user INTEGER NOT NULL,
            currency TEXT NOT NULL,
            events INTEGER NOT NULL,
            total_high INTEGER NOT NULL,
            total_low INTEGER NOT NULL,
            purged INTEGER NOT NULL DEFAULT 0,
            purged_high INTEGER NOT NULL DEFAULT 0,
            purged_low INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (user, currency)
        ) WITHOUT ROWID;

        CREATE TABLE entries (
            user INTEGER NOT NULL,
            event TEXT NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            item INTEGER NOT NULL,
            at INTEGER,
            effect_high INTEGER,
            effect_low INTEGER,
            currency TEXT,
            name TEXT,
            original TEXT,
            reason TEXT,
            retired INTEGER,
            PRIMARY KEY (user, event)
        ) WITHOUT ROWID;
        CREATE INDEX entries_in_time ON entries (user, at, event) WHERE at IS NOT NULL;
        CREATE INDEX entries_retired ON entries (retired) WHERE retired IS NOT NULL;

        CREATE TABLE sums (
            scope INTEGER NOT NULL,
            span INTEGER NOT NULL,
            number INTEGER NOT NULL,
            currency TEXT NOT NULL,
            events INTEGER NOT NULL,
            added_high INTEGER NOT NULL,
            added_low INTEGER NOT NULL,
            subtracted_high INTEGER NOT NULL,
            subtracted_low INTEGER NOT NULL,
            PRIMARY KEY (scope, span, number, currency)
        ) WITHOUT ROWID;
        CREATE INDEX sums_days ON sums (number, scope) WHERE span = 1;

        CREATE TABLE types (
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            sign INTEGER NOT NULL,
            schema BLOB,
            PRIMARY KEY (tenant, name)
        ) WITHOUT ROWID;

        CREATE TABLE erased (
            tenant INTEGER NOT NULL,
            user BLOB NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (tenant, user)
        ) WITHOUT ROWID;

        CREATE TABLE erasing (user INTEGER PRIMARY KEY, tenant INTEGER NOT NULL);

        CREATE TABLE purged (before INTEGER NOT NULL);

        CREATE TABLE unarchived (id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL, event TEXT NOT NULL);

        CREATE TABLE archive (id BLOB NOT NULL);
        """;

    /// <summary>Creates the tables in an empty file, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection) =>
        SqliteVersion.Apply(connection, Version, "entries of revenue", _ => Tables);
}
