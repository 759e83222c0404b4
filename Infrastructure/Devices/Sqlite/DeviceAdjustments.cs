using Contracts.Devices;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Reads adjustments in the order of their readings' instants.</summary>
internal static class DeviceAdjustments
{
    private const string Columns = "SELECT at, event, delta, reason, log, offset FROM adjustments WHERE device = ?1";
    private const string Page = $"{Columns} AND at >= ?2 AND at < ?3 ORDER BY at, event LIMIT ?4";
    private const string NextPage = $"{Columns} AND at < ?3 AND (at, event) > (?2, ?5) ORDER BY at, event LIMIT ?4";

    public static IReadOnlyList<StoredAdjustment> Read(SqliteConnection connection, string tenant, string device, AdjustmentRange range)
    {
        if (DeviceRows.Find(connection, tenant, device) is not { HasAdjustments: true } found)
        {
            return [];
        }

        var rows = connection.Statement(range.After is null ? Page : NextPage)
            .Bind(1, found.Id).Bind(2, range.After?.At ?? range.From).Bind(3, range.To).Bind(4, range.Limit);
        if (range.After is { } after)
        {
            rows.Bind(5, after.EventId);
        }

        var read = new List<StoredAdjustment>();
        while (rows.Step())
        {
            var stamp = SqliteSources.FindArrival(connection, rows.Int64(4), rows.Int64(5));
            read.Add(new StoredAdjustment(
                rows.Int64(0), rows.Text(1), rows.Int64(2), rows.IsNull(3) ? null : rows.Text(3), stamp.ReceivedAt, stamp.Address));
        }

        rows.Reset();
        return read;
    }
}
