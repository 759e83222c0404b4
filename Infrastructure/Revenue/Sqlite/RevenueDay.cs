using Infrastructure.Revenue.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>The sums of all users of one day, as they are stored, and as those of each user add up.</summary>
internal sealed class RevenueDay
{
    private readonly Dictionary<RevenueSums.Key, RevenueDelta> right = [];
    private readonly List<RevenueSums.Key> wrong = [];

    /// <summary>What is different; null for nothing.</summary>
    public string? Difference { get; private set; }

    /// <summary>The first day with sums after one; null if there is none.</summary>
    public static long? FindNext(SqliteConnection connection, long after)
    {
        var row = connection.Statement("SELECT min(number) FROM sums WHERE span = 1 AND number > ?1").Bind(1, after);
        long? day = row.Step() && !row.IsNull(0) ? row.Int64(0) : null;
        row.Reset();
        return day;
    }

    /// <summary>Both in one snapshot.</summary>
    public static RevenueDay Compare(SqliteConnection connection, long day) => SqliteSnapshot.Read(
        connection,
        () =>
        {
            var found = new RevenueDay();
            found.CompareWithUsers(connection, day);
            return found;
        });

    /// <summary>Puts the right ones in place, in the transaction that compared them.</summary>
    public void Repair(SqliteConnection connection)
    {
        foreach (var key in wrong)
        {
            RevenueSums.Write(connection, key, right.GetValueOrDefault(key));
        }
    }

    private void CompareWithUsers(SqliteConnection connection, long day)
    {
        foreach (var (user, tenant) in FindUsers(connection, day))
        {
            foreach (var (key, sum) in Read(connection, user, day))
            {
                var all = key with { Scope = RevenueSums.ScopeOf(tenant) };
                right[all] = right.GetValueOrDefault(all) + sum;
            }
        }

        var stored = SqliteTenants.List(connection).SelectMany(tenant => Read(connection, RevenueSums.ScopeOf(tenant), day))
            .ToDictionary(each => each.Key, each => each.Sum);
        wrong.AddRange(stored.Keys.Union(right.Keys).Where(key => stored.GetValueOrDefault(key) != right.GetValueOrDefault(key)));
        if (wrong.Count > 0)
        {
            var (first, was) = (wrong[0], stored.GetValueOrDefault(wrong[0]));
            var name = SqliteTenants.FindName(connection, RevenueSums.TenantOf(first.Scope));
            var at = DateTimeOffset.UnixEpoch.AddDays(day);
            Difference = FormattableString.Invariant(
                $"Of all users of the tenant '{name}' {wrong.Count} sums of {at:yyyy-MM-dd} differ from those of each: stored are {was}, ")
                + FormattableString.Invariant($"and they have {right.GetValueOrDefault(first)}, in {first.Currency}.");
        }
    }

    private static IEnumerable<(RevenueSums.Key Key, RevenueDelta Sum)> Read(SqliteConnection connection, long scope, long day) =>
    [
        .. RevenueSums.Read(connection, scope, RevenueSpan.Day, day, day + 1),
        .. RevenueSums.Read(
            connection, scope, RevenueSpan.Minute, day * RevenueTime.MinutesOfDay, (day + 1) * RevenueTime.MinutesOfDay),
    ];

    /// <summary>Users with sums of a day, those included who are being erased.</summary>
    private static List<(long User, long Tenant)> FindUsers(SqliteConnection connection, long day)
    {
        var rows = connection.Statement(
            """
            SELECT scope, coalesce((SELECT tenant FROM users WHERE id = scope), (SELECT tenant FROM erasing WHERE user = scope), 0)
            FROM sums WHERE span = 1 AND number = ?1 AND scope > 0 GROUP BY scope
            """).Bind(1, day);
        var found = new List<(long, long)>();
        while (rows.Step())
        {
            found.Add((rows.Int64(0), rows.Int64(1)));
        }

        rows.Reset();
        return found;
    }
}
