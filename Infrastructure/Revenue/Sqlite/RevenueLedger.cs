using System.Globalization;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>Reads entries of ledgers.</summary>
internal static class RevenueLedger
{
    private const string Columns =
        """
        SELECT event, at, effect_high, effect_low, currency, name, original, reason, log, offset FROM entries
        WHERE user = ?1 AND at IS NOT NULL AND at >= ?2 AND at < ?3
        """;

    private const string Oldest = $"{Columns} ORDER BY at, event LIMIT ?4";
    private const string OldestAfter = $"{Columns} AND (at, event) > (?5, ?6) ORDER BY at, event LIMIT ?4";
    private const string Newest = $"{Columns} ORDER BY at DESC, event DESC LIMIT ?4";
    private const string NewestAfter = $"{Columns} AND (at, event) < (?5, ?6) ORDER BY at DESC, event DESC LIMIT ?4";

    public static IReadOnlyList<LedgerEntry> Read(SqliteConnection connection, string tenant, string user, RevenueRange range)
    {
        if (RevenueUsers.FindId(connection, tenant, user) is not { } id)
        {
            return [];
        }

        var (from, to, sql) = (range.From, range.To, range.IsNewestFirst ? Newest : Oldest);
        if (range.After is { } last)
        {
            // The range begins there, so that pages cost the same however many came before.
            (from, to, sql) = range.IsNewestFirst
                ? (from, Math.Min(to, last.At == long.MaxValue ? last.At : last.At + 1), NewestAfter)
                : (Math.Max(from, last.At), to, OldestAfter);
        }

        var rows = connection.Statement(sql).Bind(1, id).Bind(2, from).Bind(3, to).Bind(4, range.Limit);
        if (range.After is { } after)
        {
            rows.Bind(5, after.At).Bind(6, after.EventId);
        }

        var found = new List<LedgerEntry>();
        while (rows.Step())
        {
            found.Add(ReadEntry(connection, rows));
        }

        rows.Reset();
        return found;
    }

    public static IReadOnlyList<UnarchivedEntry> ReadUnarchived(SqliteConnection connection, long after, int limit)
    {
        var rows = connection.Statement(
            """
            SELECT e.event, e.at, e.effect_high, e.effect_low, e.currency, e.name, e.original, e.reason, e.log, e.offset, q.id,
                u.tenant, u.name
            FROM unarchived q LEFT JOIN users u ON u.id = q.user LEFT JOIN entries e ON e.user = q.user AND e.event = q.event
            WHERE q.id > ?1 ORDER BY q.id LIMIT ?2
            """).Bind(1, after).Bind(2, limit);
        var found = new List<UnarchivedEntry>();
        while (rows.Step())
        {
            var isGone = rows.IsNull(1) || rows.IsNull(11);
            var (tenant, user) = isGone ? (string.Empty, string.Empty)
                : (SqliteTenants.FindName(connection, rows.Int64(11)) ?? string.Empty, rows.Text(12));
            found.Add(new UnarchivedEntry(
                tenant, user, isGone ? null : ReadEntry(connection, rows), rows.Int64(10).ToString(CultureInfo.InvariantCulture)));
        }

        rows.Reset();
        return found;
    }

    public static IReadOnlyList<EventSource?> FindSources(
        SqliteConnection connection, string tenant, IReadOnlyList<(string User, string EventId)> entries)
    {
        var found = new EventSource?[entries.Count];
        var statement = connection.Statement("SELECT log, offset, item FROM entries WHERE user = ?1 AND event = ?2");
        (string Name, long? Id)? user = null;
        var sources = new SqliteSourceReader(connection);
        for (var i = 0; i < found.Length; i++)
        {
            if (user?.Name != entries[i].User)
            {
                user = (entries[i].User, RevenueUsers.FindId(connection, tenant, entries[i].User));
            }

            if (user.Value.Id is { } id)
            {
                statement.Bind(1, id).Bind(2, entries[i].EventId);
                found[i] = statement.Step() ? sources.Read(statement) : null;
                statement.Reset();
            }
        }

        return found;
    }

    private static LedgerEntry ReadEntry(SqliteConnection connection, SqliteStatement rows)
    {
        var stamp = SqliteSources.FindArrival(connection, rows.Int64(8), rows.Int64(9));
        return new LedgerEntry(
            rows.Text(0), rows.Int64(1), new Amount(SqliteSums.Read(rows, 2)), rows.Text(4), TextOf(rows, 5), TextOf(rows, 6),
            TextOf(rows, 7), stamp.ReceivedAt, stamp.Address);
    }

    private static string? TextOf(SqliteStatement row, int column) => row.IsNull(column) ? null : row.Text(column);
}
