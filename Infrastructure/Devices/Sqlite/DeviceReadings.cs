using Contracts.Devices;
using Contracts.Events;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Reads readings in time order.</summary>
internal static class DeviceReadings
{
    private const string Plain =
        "SELECT at, count, log, offset FROM readings WHERE device = ?1 AND at >= ?2 AND at < ?3";

    /// <summary>With the sums of their adjustments, as halves.</summary>
    private const string Adjusted = """
        SELECT r.at, r.count, r.log, r.offset,
            (SELECT coalesce(sum(a.delta >> 32), 0) FROM adjustments a WHERE a.device = r.device AND a.at = r.at),
            (SELECT coalesce(sum(a.delta & 4294967295), 0) FROM adjustments a WHERE a.device = r.device AND a.at = r.at)
        FROM readings r WHERE r.device = ?1 AND r.at >= ?2 AND r.at < ?3
        """;

    public static IReadOnlyList<StoredReading> Read(SqliteConnection connection, string tenant, string device, ReadingRange range)
    {
        if (DeviceRows.Find(connection, tenant, device) is not { } found)
        {
            return [];
        }

        var order = range.IsFromEnd ? " ORDER BY at DESC LIMIT ?4" : " ORDER BY at LIMIT ?4";
        var rows = connection.Statement((found.HasAdjustments ? Adjusted : Plain) + order)
            .Bind(1, found.Id).Bind(2, range.From).Bind(3, range.To).Bind(4, range.Limit);
        var readings = new List<StoredReading>();
        (long Log, long Offset, EventStamp Stamp)? arrival = null;
        while (rows.Step())
        {
            var sum = found.HasAdjustments ? SqliteSums.OfHalves(rows.Int64(4), rows.Int64(5)) : 0;
            var reading = new StoredReading(rows.Int64(0), rows.Int64(1), sum);
            if (range.WithArrival)
            {
                if (arrival is not { } last || last.Log != rows.Int64(2) || last.Offset != rows.Int64(3))
                {
                    arrival = (rows.Int64(2), rows.Int64(3), SqliteSources.FindArrival(connection, rows.Int64(2), rows.Int64(3)));
                }

                reading = reading with { ReceivedAt = arrival.Value.Stamp.ReceivedAt, Address = arrival.Value.Stamp.Address };
            }

            readings.Add(reading);
        }

        rows.Reset();
        if (range.IsFromEnd)
        {
            readings.Reverse();
        }

        return readings;
    }
}
