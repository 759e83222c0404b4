using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Schedules.Sqlite;

/// <summary>The tables of schedules.db; docs/data-model.md draws them.</summary>
internal static class ScheduleSchema
{
    /// <summary>The first version that has calendars.</summary>
    public const int WithCalendars = 2;

    private const int Version = WithCalendars;

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

    /// <summary>Which schedules name a calendar is found by an index, in the order of their names.</summary>
    private const string Calendars = """
        CREATE TABLE calendars (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            stamp BLOB NOT NULL,
            is_deleted INTEGER NOT NULL,
            wake_at INTEGER,
            created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL,
            excluded INTEGER NOT NULL,
            included INTEGER NOT NULL,
            content BLOB NOT NULL
        );
        CREATE UNIQUE INDEX calendars_name ON calendars (tenant, name);
        CREATE INDEX calendars_due ON calendars (wake_at) WHERE wake_at IS NOT NULL;

        CREATE TABLE calendar_uses (
            tenant INTEGER NOT NULL,
            calendar TEXT NOT NULL,
            schedule TEXT NOT NULL,
            PRIMARY KEY (tenant, calendar, schedule)
        ) WITHOUT ROWID;
        CREATE INDEX calendar_uses_schedule ON calendar_uses (tenant, schedule);
        """;

    /// <summary>Creates or completes the tables, and refuses a file from a later release.</summary>
    public static void Apply(SqliteConnection connection) => SqliteVersion.Apply(
        connection, Version, "schedules", found => found == 0 ? Tables + Calendars : Calendars);
}
