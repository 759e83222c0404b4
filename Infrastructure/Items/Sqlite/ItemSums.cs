using System.Runtime.InteropServices;
using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>Counts by spans of time of one transaction: each is written once.</summary>
internal sealed class ItemSums(SqliteConnection connection)
{
    private readonly Dictionary<Key, long> added = [];
    private readonly long trimmed = ReadTrimmed(connection);

    /// <summary>The instant up to which counts by millisecond and second are trimmed; the earliest number if none are.</summary>
    public static long ReadTrimmed(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT before FROM trimmed");
        var before = row.Step() ? row.Int64(0) : long.MinValue;
        row.Reset();
        return before;
    }

    /// <summary>The newest points of a range.</summary>
    public static IReadOnlyList<ItemPoint> Read(
        SqliteConnection connection, string tenant, ItemStatistic what, ItemUnit unit, ItemPointRange range)
    {
        if (SqliteTenants.Find(connection, tenant) is not { } owner)
        {
            return [];
        }

        var (from, to) = ItemTime.NumbersOf(unit, range, ReadTrimmed(connection));
        var points = new ItemPoints(unit, range.Limit);
        var rows = Select(connection, new Key(owner, what, ItemTime.SpanOf(unit), from), to);
        while (!points.IsFull && rows.Step())
        {
            points.Add(rows.Int64(0), rows.Int64(1));
        }

        rows.Reset();
        return points.ToList();
    }

    /// <summary>All counts of a kind from a number to before another.</summary>
    public static List<(Key Key, long Count)> Read(SqliteConnection connection, Key first, long to)
    {
        var rows = Select(connection, first, to);
        var found = new List<(Key, long)>();
        while (rows.Step())
        {
            found.Add((first with { Number = rows.Int64(0) }, rows.Int64(1)));
        }

        rows.Reset();
        return found;
    }

    /// <summary>Puts a count in place; one of nothing goes.</summary>
    public static void Write(SqliteConnection connection, Key key, long count)
    {
        if (count == 0)
        {
            Bind(connection.Statement("DELETE FROM sums WHERE tenant = ?1 AND what = ?2 AND span = ?3 AND number = ?4"), key).Run();
            return;
        }

        Bind(
            connection.Statement(
                "INSERT INTO sums (tenant, what, span, number, count) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET count = ?5"),
            key).Bind(5, count).Run();
    }

    /// <summary>Raises the instant of trimming and deletes what lies before it.</summary>
    /// <returns>Number of rows that were deleted.</returns>
    public static int Trim(SqliteConnection connection, long before, int limit)
    {
        var end = Math.Max(ReadTrimmed(connection), ItemTime.StartOfMinute(before));
        connection.Statement("DELETE FROM trimmed").Run();
        connection.Statement("INSERT INTO trimmed (before) VALUES (?1)").Bind(1, end).Run();
        var deleted = 0;
        foreach (var tenant in SqliteTenants.List(connection))
        {
            foreach (var what in Enum.GetValues<ItemStatistic>())
            {
                foreach (var span in Enum.GetValues<ItemSpan>().Where(ItemTime.IsFine))
                {
                    if (deleted < limit)
                    {
                        deleted += Delete(connection, new Key(tenant, what, span, ItemTime.NumberOf(span, end)), limit - deleted);
                    }
                }
            }
        }

        return deleted;
    }

    /// <summary>Counts something at an instant.</summary>
    public void Add(long tenant, ItemStatistic what, long at, long count = 1)
    {
        foreach (var span in Enum.GetValues<ItemSpan>())
        {
            if (ItemTime.Counts(span, at, trimmed))
            {
                var key = new Key(tenant, what, span, ItemTime.NumberOf(span, at));
                added[key] = added.GetValueOrDefault(key) + count;
            }
        }
    }

    /// <summary>Writes what was added.</summary>
    public void Complete()
    {
        var statement = connection.Statement(
            """
            INSERT INTO sums (tenant, what, span, number, count) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET count = count + ?5
            """);

        // In the order of the table, whose neighbours share a page.
        foreach (var (key, count) in added.OrderBy(each => each.Key.Tenant).ThenBy(each => each.Key.What).ThenBy(each => each.Key.Span)
            .ThenBy(each => each.Key.Number))
        {
            Bind(statement, key).Bind(5, count).Run();
        }

        added.Clear();
    }

    /// <summary>Deletes the first ones before a number.</summary>
    private static int Delete(SqliteConnection connection, Key end, int limit) => Bind(
        connection.Statement(
            """
            DELETE FROM sums WHERE tenant = ?1 AND what = ?2 AND span = ?3 AND number < coalesce((
                SELECT number FROM sums WHERE tenant = ?1 AND what = ?2 AND span = ?3 AND number < ?4
                ORDER BY number LIMIT 1 OFFSET ?5), ?4)
            """),
        end).Bind(5, limit).Run();

    private static SqliteStatement Select(SqliteConnection connection, Key first, long to) => Bind(
        connection.Statement(
            """
            SELECT number, count FROM sums WHERE tenant = ?1 AND what = ?2 AND span = ?3 AND number >= ?4 AND number < ?5
            ORDER BY number DESC
            """),
        first).Bind(5, to);

    private static SqliteStatement Bind(SqliteStatement statement, Key key) =>
        statement.Bind(1, key.Tenant).Bind(2, (long)key.What).Bind(3, (long)key.Span).Bind(4, key.Number);

    /// <summary>One count.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Key(long Tenant, ItemStatistic What, ItemSpan Span, long Number);
}
