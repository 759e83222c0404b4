using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>The tables of items.db; docs/data-model.md draws them.</summary>
internal static class ItemSchema
{
    public const int Version = 3;

    // Users whose transfers are still being stripped, so that an erasure that is interrupted goes on.
    private const string Erasing = """
        CREATE TABLE erasing (
            tenant INTEGER NOT NULL,
            user BLOB NOT NULL,
            PRIMARY KEY (tenant, user)
        ) WITHOUT ROWID;
        """;

    // What the purge keeps: claims of transfers that it has deleted, items of which a later transfer has come since, and how far it is.
    private const string Purging = """
        CREATE TABLE claims (
            tenant INTEGER NOT NULL,
            item BLOB NOT NULL,
            event TEXT NOT NULL,
            at INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            retired INTEGER NOT NULL,
            PRIMARY KEY (tenant, item, event)
        ) WITHOUT ROWID;
        CREATE INDEX claims_in_time ON claims (tenant, at);
        CREATE INDEX claims_retired ON claims (retired);

        CREATE TABLE replaced (
            tenant INTEGER NOT NULL,
            item BLOB NOT NULL,
            PRIMARY KEY (tenant, item)
        ) WITHOUT ROWID;

        CREATE TABLE purged (before INTEGER NOT NULL, walked INTEGER NOT NULL, forgotten INTEGER NOT NULL);
        """;

    // Of a transfer that outlives the purge of its arrival.
    private const string Arrival = """
        ALTER TABLE transfers ADD COLUMN received_at INTEGER;
        ALTER TABLE transfers ADD COLUMN address TEXT;
        """;

    private const string Tables = $"""
        {SqliteTenants.Table}
        {SqliteSources.Tables}

        CREATE TABLE users (
            tenant INTEGER NOT NULL,
            id BLOB NOT NULL,
            at INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX users_in_time ON users (tenant, at);

        CREATE TABLE base_items (
            tenant INTEGER NOT NULL,
            id BLOB NOT NULL,
            at INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            description TEXT NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;

        CREATE INDEX base_items_in_time ON base_items (tenant, at);

        CREATE TABLE items (
            tenant INTEGER NOT NULL,
            id BLOB NOT NULL,
            at INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            base BLOB NOT NULL,
            PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX items_in_time ON items (tenant, at);

        CREATE TABLE transfers (
            tenant INTEGER NOT NULL,
            item BLOB NOT NULL,
            event TEXT NOT NULL,
            at INTEGER NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            recipient BLOB NOT NULL,
            received_at INTEGER,
            address TEXT,
            PRIMARY KEY (tenant, item, event)
        ) WITHOUT ROWID;
        CREATE INDEX transfers_of_item ON transfers (tenant, item, at, log, offset);
        CREATE INDEX transfers_in_time ON transfers (tenant, at);
        CREATE INDEX transfers_to_user ON transfers (tenant, recipient);

        CREATE TABLE erased (
            tenant INTEGER NOT NULL,
            user BLOB NOT NULL,
            log INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            PRIMARY KEY (tenant, user)
        ) WITHOUT ROWID;

        CREATE TABLE sums (
            tenant INTEGER NOT NULL,
            what INTEGER NOT NULL,
            span INTEGER NOT NULL,
            number INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (tenant, what, span, number)
        ) WITHOUT ROWID;

        CREATE TABLE trimmed (before INTEGER NOT NULL);

        {Erasing}
        {Purging}
        """;

    /// <summary>Creates the tables in an empty file, completes those of an earlier release, and refuses those of a later one.</summary>
    public static void Apply(SqliteConnection connection) =>
        SqliteVersion.Apply(connection, Version, "items", found => found switch
        {
            0 => Tables,
            1 => $"{Erasing} {Arrival} {Purging}",
            _ => $"{Arrival} {Purging}",
        });
}
