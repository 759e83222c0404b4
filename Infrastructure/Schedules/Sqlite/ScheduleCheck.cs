using System.Text.Json;
using Contracts.Schedules;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Schedules.Sqlite;

/// <summary>Checks that each schedule has its definition, its tenant, and progress that can be read and belongs to its row.</summary>
public static class ScheduleCheck
{
    /// <summary>The check of schedules.db.</summary>
    public static SliceCheck Instance { get; } = new(ScheduleEngines.Name, Find);

    private static IEnumerable<string> Find(SqliteConnection connection)
    {
        var rows = connection.Statement(
            """
            SELECT s.name, s.state, s.progress, d.body, s.tenant = 0 OR s.tenant IN (SELECT id FROM tenants)
            FROM schedules s LEFT JOIN definitions d ON d.schedule = s.id
            """);
        while (rows.Step())
        {
            var name = rows.Text(0);
            if (rows.Int32(4) == 0)
            {
                yield return $"The tenant of the schedule '{name}' is unknown.";
            }

            if (rows.IsNull(3))
            {
                yield return $"The schedule '{name}' has no definition.";
            }
            else if (FindFault(rows) is { } fault)
            {
                yield return $"The schedule '{name}' {fault}";
            }
        }

        rows.Reset();
        var strays = connection.Statement("SELECT count(*) FROM definitions WHERE schedule NOT IN (SELECT id FROM schedules)");
        var count = strays.Step() ? strays.Int64(0) : 0;
        strays.Reset();
        if (count > 0)
        {
            yield return $"{count} definitions belong to no schedule that is there.";
        }

        foreach (var problem in FindInCalendars(connection))
        {
            yield return problem;
        }
    }

    /// <summary>Each calendar can be read, and what schedules name is there.</summary>
    private static IEnumerable<string> FindInCalendars(SqliteConnection connection)
    {
        if (SqliteVersion.Read(connection) < ScheduleSchema.WithCalendars)
        {
            yield break;
        }

        var rows = connection.Statement("SELECT name, content, tenant = 0 OR tenant IN (SELECT id FROM tenants) FROM calendars");
        while (rows.Step())
        {
            if (rows.Int32(2) == 0)
            {
                yield return $"The tenant of the calendar '{rows.Text(0)}' is unknown.";
            }

            if (FindCalendarFault(rows) is { } fault)
            {
                yield return $"The calendar '{rows.Text(0)}' {fault}";
            }
        }

        rows.Reset();
        var uses = connection.Statement(
            """
            SELECT u.schedule, u.calendar FROM calendar_uses u
            LEFT JOIN calendars c ON c.tenant = u.tenant AND c.name = u.calendar
            LEFT JOIN schedules s ON s.tenant = u.tenant AND s.name = u.schedule
            WHERE c.id IS NULL OR s.id IS NULL
            """);
        while (uses.Step())
        {
            yield return $"The schedule '{uses.Text(0)}' names the calendar '{uses.Text(1)}', and one of them is not there.";
        }

        uses.Reset();
    }

    private static string? FindCalendarFault(SqliteStatement row)
    {
        try
        {
            _ = JsonSerializer.Deserialize(row.Blob(1), SchedulesJson.Default.CalendarContent);
            return null;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return $"cannot be read: {error.Message}";
        }
    }

    private static string? FindFault(SqliteStatement row)
    {
        try
        {
            var progress = JsonSerializer.Deserialize(row.Blob(2), SchedulesJson.Default.ScheduleProgress);
            _ = JsonSerializer.Deserialize(row.Blob(3), SchedulesJson.Default.ScheduleDefinition);
            return (int)progress!.State == row.Int32(1) ? null : "is listed under another state than its own.";
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return $"cannot be read: {error.Message}";
        }
    }
}
