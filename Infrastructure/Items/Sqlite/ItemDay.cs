using Contracts.Items;
using Infrastructure.Items.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Items.Sqlite;

/// <summary>The counts of one statistic on one day, as they are stored, and as the rows themselves have them.</summary>
internal sealed class ItemDay
{
    private readonly Dictionary<ItemSums.Key, long> right = [];
    private readonly List<ItemSums.Key> wrong = [];

    /// <summary>What is different; null for nothing.</summary>
    public string? Difference { get; private set; }

    /// <summary>The first day after one of which there are counts or rows; null if there is none.</summary>
    public static long? FindNext(SqliteConnection connection, long tenant, ItemStatistic what, long after)
    {
        if (what == ItemStatistic.Transfers)
        {
            after = Math.Max(after, ItemTime.NumberOf(ItemSpan.Day, ItemPurge.Read(connection).Forgotten) - 1);
        }

        var rows = ReadNumber(
            connection.Statement(FirstOf(what)).Bind(1, tenant).Bind(2, (after + 1) * TimeSpan.TicksPerDay));
        var sums = ReadNumber(
            connection.Statement("SELECT min(number) FROM sums WHERE tenant = ?1 AND what = ?2 AND span = ?3 AND number > ?4")
                .Bind(1, tenant).Bind(2, (long)what).Bind(3, (long)ItemSpan.Day).Bind(4, after));
        long? day = rows is { } at ? ItemTime.NumberOf(ItemSpan.Day, at) : null;
        return day is null || sums < day ? sums ?? day : day;
    }

    /// <summary>Both in one snapshot.</summary>
    public static ItemDay Compare(SqliteConnection connection, long tenant, ItemStatistic what, long day) => SqliteSnapshot.Read(
        connection,
        () =>
        {
            var found = new ItemDay();
            found.CompareWithRows(connection, tenant, what, day);
            return found;
        });

    /// <summary>Puts the right ones in place, in the transaction that compared them.</summary>
    public void Repair(SqliteConnection connection)
    {
        foreach (var key in wrong)
        {
            ItemSums.Write(connection, key, right.GetValueOrDefault(key));
        }
    }

    private void CompareWithRows(SqliteConnection connection, long tenant, ItemStatistic what, long day)
    {
        var (from, to, trimmed) = (day * TimeSpan.TicksPerDay, (day + 1) * TimeSpan.TicksPerDay, ItemSums.ReadTrimmed(connection));
        if (what == ItemStatistic.Transfers && from < ItemPurge.Read(connection).Forgotten)
        {
            // Its counts are all that is left of it.
            return;
        }

        var rows = connection.Statement(InstantsOf(what)).Bind(1, tenant).Bind(2, from).Bind(3, to);
        while (rows.Step())
        {
            var at = rows.Int64(0);
            foreach (var span in Enum.GetValues<ItemSpan>().Where(span => ItemTime.Counts(span, at, trimmed)))
            {
                var key = new ItemSums.Key(tenant, what, span, ItemTime.NumberOf(span, at));
                right[key] = right.GetValueOrDefault(key) + 1;
            }
        }

        rows.Reset();

        // What is left of trimmed counts is nobody's to read.
        var stored = Enum.GetValues<ItemSpan>().SelectMany(span => ItemSums.Read(
            connection,
            new ItemSums.Key(tenant, what, span, ItemTime.NumberOf(span, ItemTime.IsFine(span) ? Math.Max(from, trimmed) : from)),
            ItemTime.NumberOf(span, to))).ToDictionary(each => each.Key, each => each.Count);
        wrong.AddRange(stored.Keys.Union(right.Keys).Where(key => stored.GetValueOrDefault(key) != right.GetValueOrDefault(key)));
        if (wrong.Count > 0)
        {
            var (first, name) = (wrong[0], SqliteTenants.FindName(connection, tenant));
            Difference = FormattableString.Invariant(
                $"Of the tenant '{name}' {wrong.Count} counts of {what} on {DateTimeOffset.UnixEpoch.AddDays(day):yyyy-MM-dd} differ from ")
                + FormattableString.Invariant(
                    $"the rows: for the first {first.Span} {stored.GetValueOrDefault(first)} instead of {right.GetValueOrDefault(first)}.");
        }
    }

    private static string FirstOf(ItemStatistic what) => what switch
    {
        ItemStatistic.Items => "SELECT min(at) FROM items WHERE tenant = ?1 AND at >= ?2",
        ItemStatistic.Transfers => """
            SELECT min(at) FROM (
                SELECT min(at) AS at FROM transfers WHERE tenant = ?1 AND at >= ?2
                UNION ALL SELECT min(at) FROM claims WHERE tenant = ?1 AND at >= ?2)
            """,
        _ => "SELECT min(at) FROM users WHERE tenant = ?1 AND at >= ?2",
    };

    private static string InstantsOf(ItemStatistic what) => what switch
    {
        ItemStatistic.Items => "SELECT at FROM items WHERE tenant = ?1 AND at >= ?2 AND at < ?3",
        ItemStatistic.Transfers => """
            SELECT at FROM transfers WHERE tenant = ?1 AND at >= ?2 AND at < ?3
            UNION ALL SELECT at FROM claims WHERE tenant = ?1 AND at >= ?2 AND at < ?3
            """,
        _ => "SELECT at FROM users WHERE tenant = ?1 AND at >= ?2 AND at < ?3",
    };

    private static long? ReadNumber(SqliteStatement row)
    {
        long? number = row.Step() && !row.IsNull(0) ? row.Int64(0) : null;
        row.Reset();
        return number;
    }
}
