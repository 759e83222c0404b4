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
    }

    private static string? FindFault(SqliteStatement row)
    {
        try
        {
            var progress = JsonSerializer.Deserialize(row.Blob(2), SchedulesJson.Default.ScheduleProgress);
            _ = JsonSerializer.Deserialize(row.Blob(3), SchedulesJson.Default.ScheduleDefinition);
            return (int)progress!.State == row.Int32(1) ? null : "is listed under another state than its own.";
        }
        catch (JsonException error)
        {
            return $"cannot be read: {error.Message}";
        }
    }
}
