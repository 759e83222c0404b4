using Contracts.Revenue;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>Balances by user and currency, and how much of each was purged from the ledger.</summary>
internal static class RevenueBalances
{
    /// <summary>Adds entries to a balance.</summary>
    public static void Add(SqliteConnection connection, long user, string currency, long events, Amount sum)
    {
        var row = connection.Statement("SELECT events, total_high, total_low FROM balances WHERE user = ?1 AND currency = ?2")
            .Bind(1, user).Bind(2, currency);
        var before = row.Step() ? (Events: row.Int64(0), Total: new Amount(SqliteSums.Read(row, 1))) : default;
        row.Reset();
        Write(connection, user, currency, before.Events + events, before.Total + sum);
    }

    /// <summary>Puts a balance in place.</summary>
    public static void Write(SqliteConnection connection, long user, string currency, long events, Amount total) =>
        connection.Statement(
            """
            INSERT INTO balances (user, currency, events, total_high, total_low) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET events = ?3, total_high = ?4, total_low = ?5
            """).Bind(1, user).Bind(2, currency).Bind(3, events).BindSum(4, total.Units).Run();

    /// <summary>Notes that entries are about to leave the ledger, which the balance goes on counting.</summary>
    public static void Purge(SqliteConnection connection, long user, string currency, long events, Amount sum)
    {
        var row = connection.Statement("SELECT purged, purged_high, purged_low FROM balances WHERE user = ?1 AND currency = ?2")
            .Bind(1, user).Bind(2, currency);
        var before = row.Step() ? (Events: row.Int64(0), Total: new Amount(SqliteSums.Read(row, 1))) : default;
        row.Reset();
        connection.Statement("UPDATE balances SET purged = ?3, purged_high = ?4, purged_low = ?5 WHERE user = ?1 AND currency = ?2")
            .Bind(1, user).Bind(2, currency).Bind(3, before.Events + events).BindSum(4, (before.Total + sum).Units).Run();
    }

    /// <summary>All balances of a user, each with what was purged.</summary>
    public static SortedDictionary<string, ((long Events, Amount Total) All, (long Events, Amount Total) Purged)> Read(
        SqliteConnection connection, long user)
    {
        var rows = connection.Statement(
            "SELECT currency, events, total_high, total_low, purged, purged_high, purged_low FROM balances WHERE user = ?1").Bind(1, user);
        var found = new SortedDictionary<string, ((long, Amount), (long, Amount))>(StringComparer.Ordinal);
        while (rows.Step())
        {
            found[rows.Text(0)] = (
                (rows.Int64(1), new Amount(SqliteSums.Read(rows, 2))), (rows.Int64(4), new Amount(SqliteSums.Read(rows, 5))));
        }

        rows.Reset();
        return found;
    }
}
