using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>The totals of a device as they are stored, and as its rows have them.</summary>
internal sealed record DeviceTotals(long Device, string Name, DeviceTotals.Sum Stored, DeviceTotals.Sum Right)
{
    /// <summary>What is different; null for nothing.</summary>
    public string? Difference => Stored == Right ? null
        : $"The device '{Name}' is stored with {Stored}, and its rows have {Right}.";

    /// <summary>Both in one snapshot; null if the device is gone.</summary>
    public static DeviceTotals? Compare(SqliteConnection connection, long device)
    {
        // One statement begins the snapshot that the next one reads.
        connection.Statement("SAVEPOINT compare").Run();
        try
        {
            var row = connection.Statement(
                """
                SELECT name, readings, total_high, total_low, latest, adjustments, purged, purged_high, purged_low
                FROM devices WHERE id = ?1
                """).Bind(1, device);
            if (!row.Step())
            {
                row.Reset();
                return null;
            }

            var name = row.Text(0);
            var stored = new Sum(row.Int64(1), SqliteSums.Read(row, 2), row.IsNull(4) ? null : row.Int64(4), row.Int64(5));
            var purged = (Readings: row.Int64(6), Total: SqliteSums.Read(row, 7));
            row.Reset();
            var rows = SumRows(connection, device, long.MinValue, long.MaxValue);

            // Of what was purged, the latest instant is known by the device alone.
            var latest = purged.Readings > 0 && (rows.Latest is null || stored.Latest > rows.Latest) && rows.Readings == 0
                ? stored.Latest : rows.Latest;
            var right = new Sum(rows.Readings + purged.Readings, rows.Total + purged.Total, latest, rows.Adjustments);
            return new DeviceTotals(device, name, stored, right);
        }
        finally
        {
            connection.Statement("RELEASE compare").Run();
        }
    }

    /// <summary>Sums rows of a range.</summary>
    public static Sum SumRows(SqliteConnection connection, long device, long from, long to)
    {
        var row = connection.Statement(
            """
            SELECT count(*), coalesce(sum(count >> 32), 0), coalesce(sum(count & 4294967295), 0), max(at)
            FROM readings WHERE device = ?1 AND at >= ?2 AND at < ?3
            """).Bind(1, device).Bind(2, from).Bind(3, to);
        row.Step();
        var (readings, total, latest) = (row.Int64(0), SqliteSums.OfHalves(row.Int64(1), row.Int64(2)),
            row.IsNull(3) ? (long?)null : row.Int64(3));
        row.Reset();
        row = connection.Statement(
            """
            SELECT count(*), coalesce(sum(delta >> 32), 0), coalesce(sum(delta & 4294967295), 0)
            FROM adjustments WHERE device = ?1 AND at >= ?2 AND at < ?3
            """).Bind(1, device).Bind(2, from).Bind(3, to);
        row.Step();
        var sum = new Sum(readings, total + SqliteSums.OfHalves(row.Int64(1), row.Int64(2)), latest, row.Int64(0));
        row.Reset();
        return sum;
    }

    /// <summary>Puts the right ones in place, unless the stored ones have changed since they were compared.</summary>
    public bool TrySwap(SqliteConnection connection) => connection.Statement(
        """
        UPDATE devices SET readings = ?2, total_high = ?3, total_low = ?4, latest = ?5, adjustments = ?6
        WHERE id = ?1 AND readings = ?7 AND total_high = ?8 AND total_low = ?9 AND latest IS ?10 AND adjustments = ?11
        """)
        .Bind(1, Device).Bind(2, Right.Readings).BindSum(3, Right.Total).Bind(5, Right.Latest).Bind(6, Right.Adjustments)
        .Bind(7, Stored.Readings).BindSum(8, Stored.Total).Bind(10, Stored.Latest).Bind(11, Stored.Adjustments).Run() == 1;

    /// <summary>The sums of some rows.</summary>
    internal sealed record Sum(long Readings, Int128 Total, long? Latest, long Adjustments)
    {
        public override string ToString() => FormattableString.Invariant(
            $"{Readings} readings of together {Total}, the latest at {Latest}, and {Adjustments} adjustments");
    }
}
