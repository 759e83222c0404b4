using Contracts.Devices;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Checks that totals are those of the rows, and that each row belongs to a device and a log that are there.</summary>
public static class DeviceCheck
{
    /// <summary>The check of devices.db.</summary>
    public static SliceCheck Instance { get; } = new(DeviceMessages.Topic, Find);

    private static IEnumerable<string> Find(SqliteConnection connection) =>
        FindTotals(connection).Concat(FindStrays(connection)).Concat(FindTenants(connection)).Concat(FindTags(connection));

    private static IEnumerable<string> FindTotals(SqliteConnection connection)
    {
        var ids = new List<long>();
        var rows = connection.Statement("SELECT id FROM devices");
        while (rows.Step())
        {
            ids.Add(rows.Int64(0));
        }

        rows.Reset();
        return ids.Select(id => DeviceTotals.Compare(connection, id)?.Difference).OfType<string>();
    }

    private static IEnumerable<string> FindStrays(SqliteConnection connection)
    {
        var rows = connection.Statement(
            """
            SELECT device, count(*), sum(log NOT IN (SELECT id FROM logs)) FROM readings
            WHERE device NOT IN (SELECT id FROM devices) AND device NOT IN (SELECT device FROM erasing)
                OR log NOT IN (SELECT id FROM logs)
            GROUP BY device
            """);
        while (rows.Step())
        {
            yield return $"Of device number {rows.Int64(0)}, {rows.Int64(1)} readings belong to no device that is there, or to no log.";
        }

        rows.Reset();
    }

    private static IEnumerable<string> FindTags(SqliteConnection connection)
    {
        var rows = connection.Statement(
            $"""
            SELECT name, tag FROM (SELECT tenant, tag, name, device FROM tags EXCEPT {DeviceTags.OfSettings})
            UNION
            SELECT name, tag FROM ({DeviceTags.OfSettings} EXCEPT SELECT tenant, tag, name, device FROM tags)
            """);
        while (rows.Step())
        {
            yield return $"The device '{rows.Text(0)}' is listed by the tag '{rows.Text(1)}' but not set to it, or the other way round.";
        }

        rows.Reset();
    }

    private static IEnumerable<string> FindTenants(SqliteConnection connection)
    {
        var rows = connection.Statement("SELECT name FROM devices WHERE tenant <> 0 AND tenant NOT IN (SELECT id FROM tenants)");
        while (rows.Step())
        {
            yield return $"The tenant of the device '{rows.Text(0)}' is unknown.";
        }

        rows.Reset();
    }
}
