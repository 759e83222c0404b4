using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Devices.Sqlite;

/// <summary>Deletes old readings. Their sums stay in the device's totals, beside those of the rows.</summary>
internal static class DevicePurge
{
    /// <summary>A reading may lie this far ahead of its arrival (five minutes), and clocks may differ.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    public static PurgeStep Run(SqliteConnection connection, long before, long after, int limit, int maxDevices)
    {
        var deleted = DeviceErasure.Continue(connection, only: null, limit);
        Raise(connection, before);
        var devices = FindDevices(connection, after, maxDevices);
        var done = after;
        foreach (var device in devices)
        {
            if (deleted >= limit)
            {
                return new PurgeStep(deleted, done.ToString(CultureInfo.InvariantCulture));
            }

            var step = Purge(connection, device, before, limit - deleted);
            deleted += step;
            if (deleted < limit)
            {
                done = device;
            }
        }

        if (devices.Count == maxDevices || deleted >= limit)
        {
            return new PurgeStep(deleted, done.ToString(CultureInfo.InvariantCulture));
        }

        PurgeArrivals(connection, before);
        return new PurgeStep(deleted, null);
    }

    private static void Raise(SqliteConnection connection, long before)
    {
        if (connection.Statement("UPDATE purged SET before = max(before, ?1)").Bind(1, before).Run() == 0)
        {
            connection.Statement("INSERT INTO purged VALUES (?1)").Bind(1, before).Run();
        }
    }

    private static List<long> FindDevices(SqliteConnection connection, long after, int limit)
    {
        var rows = connection.Statement("SELECT id FROM devices WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit);
        var ids = new List<long>();
        while (rows.Step())
        {
            ids.Add(rows.Int64(0));
        }

        rows.Reset();
        return ids;
    }

    private static int Purge(SqliteConnection connection, long device, long before, int limit)
    {
        // Up to an instant, so that readings and adjustments of one go together.
        var row = connection.Statement(
            "SELECT max(at) + 1, count(*) FROM (SELECT at FROM readings WHERE device = ?1 AND at < ?2 ORDER BY at LIMIT ?3)")
            .Bind(1, device).Bind(2, before).Bind(3, limit);
        row.Step();
        var (end, count) = (row.IsNull(0) ? before : row.Int64(0), row.Int64(1));
        row.Reset();
        var to = count < limit ? before : end;
        var sum = DeviceTotals.SumRows(connection, device, long.MinValue, to);
        if (sum.Readings == 0 && sum.Adjustments == 0)
        {
            return 0;
        }

        connection.Statement("DELETE FROM readings WHERE device = ?1 AND at < ?2").Bind(1, device).Bind(2, to).Run();
        connection.Statement("DELETE FROM adjustments WHERE device = ?1 AND at < ?2").Bind(1, device).Bind(2, to).Run();
        row = connection.Statement("SELECT purged_high, purged_low FROM devices WHERE id = ?1").Bind(1, device);
        row.Step();
        var purged = SqliteSums.Read(row, 0) + sum.Total;
        row.Reset();
        connection.Statement(
            "UPDATE devices SET purged = purged + ?2, purged_high = ?3, purged_low = ?4, adjustments = adjustments - ?5 WHERE id = ?1")
            .Bind(1, device).Bind(2, sum.Readings).BindSum(3, purged).Bind(5, sum.Adjustments).Run();
        return (int)(sum.Readings + sum.Adjustments);
    }

    /// <summary>Of what came longer ago, no reading is left.</summary>
    private static void PurgeArrivals(SqliteConnection connection, long before)
    {
        if (TickTime.IsValid(before) && before > -DateTimeOffset.UnixEpoch.Ticks + MaxAhead.Ticks)
        {
            connection.Statement("DELETE FROM arrivals WHERE received_at < ?1")
                .Bind(1, StoredInstants.ToMilliseconds(TickTime.ToInstant(before) - MaxAhead)).Run();
        }
    }
}
