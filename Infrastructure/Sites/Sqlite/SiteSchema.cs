using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>The tables of sites.db; docs/data-model.md draws them.</summary>
internal static class SiteSchema
{
    private const int Version = 2;

    /// <summary>Erasures of whole sites; the first schema had none.</summary>
    private const string Erasures = """
        CREATE TABLE erased_sites (
            tenant INTEGER NOT NULL,
            site BLOB NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (tenant, site)
        ) WITHOUT ROWID;

        CREATE TABLE erasing_sites (site INTEGER PRIMARY KEY);
        """;

    private const string Tables = $"""
        {Erasures}
        {SqliteTenants.Table}
        {SqliteSources.Tables}

        CREATE TABLE sites (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            events INTEGER NOT NULL DEFAULT 0,
            last_seen INTEGER,
            erasures INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX sites_name ON sites (tenant, name);

        CREATE TABLE claims (
            site INTEGER NOT NULL,
            event BLOB NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            item INTEGER NOT NULL,
            PRIMARY KEY (site, event)
        ) WITHOUT ROWID;

        CREATE TABLE events (
            site INTEGER NOT NULL,
            at INTEGER NOT NULL,
            event BLOB NOT NULL,
            type TEXT NOT NULL,
            path TEXT NOT NULL,
            user TEXT,
            visitor INTEGER,
            bot INTEGER NOT NULL,
            referrer TEXT,
            extra BLOB,
            event_id TEXT,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            PRIMARY KEY (site, at, event)
        ) WITHOUT ROWID;

        CREATE TABLE minutes (
            site INTEGER NOT NULL,
            minute INTEGER NOT NULL,
            events INTEGER NOT NULL,
            views INTEGER NOT NULL,
            bots INTEGER NOT NULL,
            PRIMARY KEY (site, minute)
        ) WITHOUT ROWID;

        CREATE TABLE days (
            site INTEGER NOT NULL,
            day INTEGER NOT NULL,
            events INTEGER NOT NULL,
            views INTEGER NOT NULL,
            bots INTEGER NOT NULL,
            version INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (site, day)
        ) WITHOUT ROWID;

        CREATE TABLE names (
            site INTEGER NOT NULL,
            series INTEGER NOT NULL,
            day INTEGER NOT NULL,
            name TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (site, series, day, name)
        ) WITHOUT ROWID;

        CREATE TABLE visitors (
            site INTEGER NOT NULL,
            span INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            number INTEGER NOT NULL,
            visitor INTEGER NOT NULL,
            PRIMARY KEY (site, span, kind, number, visitor)
        ) WITHOUT ROWID;

        CREATE TABLE sketches (
            site INTEGER NOT NULL,
            span INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            number INTEGER NOT NULL,
            registers BLOB NOT NULL,
            PRIMARY KEY (site, span, kind, number)
        );

        CREATE TABLE erased (
            site INTEGER NOT NULL,
            visitor INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (site, visitor)
        ) WITHOUT ROWID;

        CREATE TABLE erasing (
            site INTEGER NOT NULL,
            visitor INTEGER NOT NULL,
            user TEXT,
            day INTEGER NOT NULL,
            PRIMARY KEY (site, visitor)
        ) WITHOUT ROWID;

        CREATE TABLE retired (
            at INTEGER NOT NULL,
            site INTEGER NOT NULL,
            event BLOB NOT NULL,
            PRIMARY KEY (at, site, event)
        ) WITHOUT ROWID;

        CREATE TABLE salts (day INTEGER PRIMARY KEY, salt BLOB NOT NULL);

        CREATE TABLE purged (before INTEGER NOT NULL);
        """;

    /// <summary>Creates the tables in an empty file, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection) =>
        SqliteVersion.Apply(connection, Version, "sites", found => found == 0 ? Tables : Erasures);
}
