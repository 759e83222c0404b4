using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <summary>
/// Checks that each stored timer and each outcome in the journal can be read, and that the counts are those of the rows.
/// </summary>
public static class TimerCheck
{
    /// <summary>The check of timers.db and its journal.</summary>
    public static SliceCheck Instance { get; } = new(TimerMessages.Topic, Find, path => OutcomeFile.Check(path + OutcomeFile.Suffix));

    private static IEnumerable<string> Find(SqliteConnection connection) => FindRows(connection).Concat(FindCounts(connection));

    private static IEnumerable<string> FindRows(SqliteConnection connection)
    {
        var tenants = new Dictionary<long, string?>();
        var rows = connection.Statement($"SELECT {TimerRows.Columns} FROM timers");
        while (rows.Step())
        {
            var (seq, number) = (rows.Int64(0), rows.Int64(TimerRows.TenantColumn));
            if (!tenants.TryGetValue(number, out var tenant))
            {
                tenants[number] = tenant = SqliteTenants.FindName(connection, number);
            }

            if (tenant is null)
            {
                yield return TimerRows.Damaged(seq, "its tenant is unknown.");
            }

            var report = new DamageReport();
            if (TimerRows.TryRead(rows, tenant ?? TimerRows.TenantUnread, withSpec: true, report) is not { } timer)
            {
                yield return report.Summary!;
            }
            else if (StoredSpec.IsUnreadable(timer.Spec))
            {
                yield return TimerRows.Damaged(seq, "its contents are damaged.");
            }
        }

        rows.Reset();
    }

    private static IEnumerable<string> FindCounts(SqliteConnection connection)
    {
        var rows = connection.Statement(
            """
            SELECT tenant, state, sum(counted), sum(there) FROM (
                SELECT tenant, state, timers AS counted, 0 AS there FROM counts
                UNION ALL SELECT tenant, CASE state WHEN 3 THEN 2 ELSE state END, 0, count(*) FROM timers GROUP BY 1, 2)
            GROUP BY 1, 2 HAVING sum(counted) <> sum(there)
            """);
        while (rows.Step())
        {
            yield return $"Of tenant {rows.Int64(0)} {rows.Int64(2)} timers are counted in state {rows.Int64(1)}, "
                + $"and {rows.Int64(3)} are there.";
        }

        rows.Reset();
    }
}
