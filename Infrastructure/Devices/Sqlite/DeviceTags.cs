using Contracts.Devices;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>
/// The tags of devices, in a table of their own that lists devices by tag in the order of their ids. Only settings and erasures write to
/// it; readings do not pay for it.
/// </summary>
internal static class DeviceTags
{
    public const string Table = """
        CREATE TABLE tags (
            tenant INTEGER NOT NULL,
            tag TEXT NOT NULL,
            name TEXT NOT NULL,
            device INTEGER NOT NULL,
            PRIMARY KEY (tenant, tag, name)
        ) WITHOUT ROWID;
        """;

    /// <summary>What the settings say. The text is JSON in a blob, which SQLite's own functions would take for a binary form.</summary>
    public const string OfSettings = $"SELECT d.tenant, t.value AS tag, d.name, d.id {FromSettings}";

    private const string FromSettings =
        "FROM devices d, json_each(CAST(d.settings AS TEXT), '$.tags') t WHERE d.settings IS NOT NULL";

    /// <summary>Puts a device's tags in the place of its former ones.</summary>
    public static void Replace(SqliteConnection connection, long tenant, string device, IReadOnlyList<string> tags)
    {
        var row = connection.Statement("SELECT id, settings FROM devices WHERE tenant = ?1 AND name = ?2").Bind(1, tenant).Bind(2, device);
        row.Step();
        var (id, before) = (row.Int64(0), row.IsNull(1) ? DeviceSettings.None : DeviceRows.ReadSettings(row.Blob(1)));
        row.Reset();
        Delete(connection, tenant, device, before.Tags);
        foreach (var tag in tags)
        {
            connection.Statement("INSERT INTO tags VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
                .Bind(1, tenant).Bind(2, tag).Bind(3, device).Bind(4, id).Run();
        }
    }

    /// <summary>Deletes a device's tags.</summary>
    public static void Delete(SqliteConnection connection, long tenant, string device, IReadOnlyList<string> tags)
    {
        foreach (var tag in tags)
        {
            connection.Statement("DELETE FROM tags WHERE tenant = ?1 AND tag = ?2 AND name = ?3")
                .Bind(1, tenant).Bind(2, tag).Bind(3, device).Run();
        }
    }
}
