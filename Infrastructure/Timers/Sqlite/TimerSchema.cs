using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Timers.Sqlite;

/// <summary>The tables of timers.db; docs/data-model.md draws them.</summary>
internal static class TimerSchema
{
    private const int Version = 5;

    /// <summary>Value of a claim column without a claim. Real tokens are greater and take the same six bytes, so rows never grow.</summary>
    public const long NoClaim = 1L << 40;

    public const long MillisecondsPerDay = 86_400_000;

    // State codes. "Scheduled" has two: an index on due instants would make every insert of a far timer pay for its place in it, so far
    // timers are only in an index by day, and move to the other one when their day comes.
    public const int Near = 2;
    public const int Far = 3;
    public const int Armed = 4;
    public const int Sending = 5;
    public const int Paused = 6;
    public const int Ambiguous = 7;

    /// <summary>Could not be read when it fell due: set aside, so that it holds up no other. A person has to look at it.</summary>
    public const int Damaged = 8;
    public const int Succeeded = 10;
    public const int Failed = 11;
    public const int Cancelled = 12;
    public const int Expired = 13;

    // Not "IN (6, 7, 11, 12)": SQLite would build that list as a temporary table for every row written, to see whether the row belongs in
    // the index; one insert in three went into that table.
    private const string Listed = "CREATE INDEX timers_listed ON timers (tenant, state) WHERE state >= 6 AND state <> 10;";

    // The default tenant's timers are listed by scanning the table itself, so a file that holds only these pays for no further index.
    private const string OfTenants = "CREATE INDEX timers_of_tenants ON timers (tenant) WHERE tenant <> 0;";

    private const string Tags = """
        CREATE TABLE tags (
            tenant INTEGER NOT NULL,
            tag TEXT NOT NULL,
            timer INTEGER NOT NULL,
            PRIMARY KEY (tenant, tag, timer)
        ) WITHOUT ROWID;
        """;

    private const string Counts = """
        CREATE TABLE counts (
            tenant INTEGER NOT NULL,
            state INTEGER NOT NULL,
            timers INTEGER NOT NULL,
            PRIMARY KEY (tenant, state)
        ) WITHOUT ROWID;
        """;

    // What is left of an erased timer, for as long as the log may give its create again.
    private const string Erased = """
        CREATE TABLE erased (
            key BLOB PRIMARY KEY,
            at INTEGER NOT NULL,
            occurrence INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX erased_at ON erased (at);
        """;

    // Timers that are scheduled end by the index on due instants: there they stand at their expiry at the latest.
    private const string Expiring = "CREATE INDEX timers_expiring ON timers (expires_at) WHERE state = 6 AND expires_at IS NOT NULL;";

    private const string Tables = $"""
        CREATE TABLE timers (
            seq INTEGER PRIMARY KEY,
            key BLOB NOT NULL,
            state INTEGER NOT NULL,
            next_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            claim INTEGER NOT NULL,
            version INTEGER NOT NULL,
            occurrence INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            attempts_before_replay INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            may_still_arrive INTEGER NOT NULL,
            fingerprint INTEGER,
            spec BLOB NOT NULL,
            tenant INTEGER NOT NULL DEFAULT 0,
            expires_at INTEGER
        );
        CREATE UNIQUE INDEX timers_key ON timers (key);
        CREATE INDEX timers_due ON timers (next_at) WHERE state = 2;
        CREATE INDEX timers_far ON timers (next_at / 86400000) WHERE state = 3;
        CREATE INDEX timers_claimed ON timers (state) WHERE state IN (4, 5);
        {Listed}
        {OfTenants}
        CREATE INDEX timers_finished ON timers (next_at) WHERE state >= 10;
        {Expiring}

        CREATE TABLE attempts (
            timer INTEGER NOT NULL,
            occurrence INTEGER NOT NULL,
            number INTEGER NOT NULL,
            claim INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            latency INTEGER NOT NULL,
            lateness INTEGER NOT NULL,
            status INTEGER,
            error TEXT,
            response BLOB,
            PRIMARY KEY (timer, occurrence, number, claim)
        ) WITHOUT ROWID;

        {Tags}
        {Counts}
        {SqliteTenants.Table}
        {Erased}
        CREATE TABLE tokens (last INTEGER NOT NULL);
        INSERT INTO tokens VALUES (1099511627776);
        """;

    /// <summary>
    /// Upgrades from schemas 1 and 2, which differ only in an index. No row is rewritten: a column that is missing from a row reads as 0.
    /// </summary>
    private const string FromBeforeTenants = $"""
        {SqliteTenants.Table}
        ALTER TABLE timers ADD COLUMN tenant INTEGER NOT NULL DEFAULT 0;
        DROP INDEX timers_listed;
        {Listed}
        {OfTenants}
        ALTER TABLE tags RENAME TO tags_before;
        {Tags}
        INSERT INTO tags SELECT 0, tag, timer FROM tags_before;
        DROP TABLE tags_before;
        ALTER TABLE counts RENAME TO counts_before;
        {Counts}
        INSERT INTO counts SELECT 0, state, timers FROM counts_before;
        DROP TABLE counts_before;
        """;

    /// <summary>Upgrades from schemas before 5. A column that is missing from a row reads as null: those timers never expire.</summary>
    private const string FromBeforeExpiry = $"""
        ALTER TABLE timers ADD COLUMN expires_at INTEGER;
        {Expiring}
        """;

    /// <summary>Creates the tables in an empty file, upgrades an older one, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection)
    {
        var version = connection.Statement("PRAGMA user_version");
        version.Step();
        var found = version.Int32(0);
        version.Reset();
        if (found > Version)
        {
            throw new InvalidOperationException(
                $"The stored timers have schema {found}; this release knows {Version} at most. Start the release that wrote them.");
        }

        if (found < Version)
        {
            var steps = found switch
            {
                0 => Tables,
                < 3 => FromBeforeTenants + Erased + FromBeforeExpiry,
                3 => Erased + FromBeforeExpiry,
                _ => FromBeforeExpiry,
            };
            connection.Execute($"BEGIN IMMEDIATE; {steps} PRAGMA user_version={Version}; COMMIT");
        }
    }
}
