using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Schedules.Sqlite;

/// <summary>The tables of schedules.db; docs/data-model.md draws them.</summary>
internal static class ScheduleSchema
{
    private const int Version = 1;

    /// <summary>What clients put is a row of its own: progress is written with every run, and a body may be large.</summary>
    private const string Tables = $"""
        {SqliteTenants.Table}

        CREATE TABLE schedules (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            stamp BLOB NOT NULL,
            state INTEGER NOT NULL,
            wake_at INTEGER,
            progress BLOB NOT NULL
        );
        CREATE UNIQUE INDEX schedules_name ON schedules (tenant, name);
        CREATE INDEX schedules_state ON schedules (tenant, state, name);
        CREATE INDEX schedules_due ON schedules (wake_at) WHERE wake_at IS NOT NULL;

        CREATE TABLE definitions (schedule INTEGER PRIMARY KEY, body BLOB NOT NULL);
        """;

    /// <summary>Creates the tables in an empty file, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection) => SqliteVersion.Apply(connection, Version, "schedules", _ => Tables);
}
