using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>Checks that balances and sums are those of the ledger, and that each entry belongs to a user and a log.</summary>
public static class RevenueCheck
{
    /// <summary>The check of revenue.db.</summary>
    public static SliceCheck Instance { get; } = new(RevenueMessages.Topic, Find);

    private static IEnumerable<string> Find(SqliteConnection connection) =>
        FindUsers(connection).Concat(FindDays(connection)).Concat(FindStrays(connection)).Concat(FindTenants(connection));

    private static IEnumerable<string> FindUsers(SqliteConnection connection)
    {
        foreach (var (user, _) in Read(connection, "SELECT id, '' FROM users ORDER BY id"))
        {
            if (RevenueTotals.Compare(connection, user)?.Difference is { } difference)
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> FindDays(SqliteConnection connection)
    {
        // Of purged days some sums are gone.
        var before = RevenueTime.NumberOf(RevenueSpan.Day, RevenueBatch.ReadPurged(connection)) - 1;
        while (RevenueDay.FindNext(connection, before) is { } day)
        {
            if (RevenueDay.Compare(connection, day).Difference is { } difference)
            {
                yield return difference;
            }

            before = day;
        }
    }

    private static IEnumerable<string> FindStrays(SqliteConnection connection)
    {
        foreach (var (user, count) in Read(
            connection,
            """
            SELECT user, count(*) FROM entries
            WHERE (user NOT IN (SELECT id FROM users) AND user NOT IN (SELECT user FROM erasing)) OR log NOT IN (SELECT id FROM logs)
            GROUP BY user
            """))
        {
            yield return $"Of user number {user}, {count} entries belong to no user or no log that is there.";
        }

        foreach (var (user, count) in Read(
            connection, "SELECT user, count(*) FROM balances WHERE user NOT IN (SELECT id FROM users) GROUP BY user"))
        {
            yield return $"Of user number {user}, {count} balances belong to no user that is there.";
        }
    }

    private static IEnumerable<string> FindTenants(SqliteConnection connection) =>
        Read(connection, "SELECT id, name FROM users WHERE tenant <> 0 AND tenant NOT IN (SELECT id FROM tenants)")
            .Select(user => $"The tenant of the user '{user.Text}' is unknown.");

    private static List<(long Number, string Text)> Read(SqliteConnection connection, string sql)
    {
        var rows = connection.Statement(sql);
        var found = new List<(long, string)>();
        while (rows.Step())
        {
            found.Add((rows.Int64(0), rows.Text(1)));
        }

        rows.Reset();
        return found;
    }
}
