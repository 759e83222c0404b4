using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Revenue;
using Infrastructure.Revenue.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Revenue.Sqlite;

/// <summary>
/// Deletes entries of old days, user by user, and then the sums of all users. Of an entry its id and source are left, so that it cannot be
/// counted again, until it is forgotten.
/// </summary>
internal static class RevenuePurge
{
    /// <summary>An entry may lie this far ahead of its arrival (five minutes), and clocks may differ.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    public static PurgeStep Run(SqliteConnection connection, long before, long forgetBefore, long after, int limit, int maxUsers)
    {
        var deleted = RevenueErasure.Continue(connection, only: null, limit);
        var day = Raise(connection, RevenueTime.StartOfDay(before));
        deleted += Forget(connection, Math.Min(forgetBefore, day), Math.Max(0, limit - deleted));
        var users = FindUsers(connection, after, maxUsers);
        var done = after;
        foreach (var user in users)
        {
            if (deleted >= limit)
            {
                break;
            }

            deleted += Purge(connection, user, day, limit - deleted);
            done = deleted < limit ? user : done;
        }

        if (users.Count == maxUsers || deleted >= limit)
        {
            return new PurgeStep(deleted, done.ToString(CultureInfo.InvariantCulture));
        }

        deleted += PurgeSumsOfAll(connection, day, limit - deleted);
        if (deleted >= limit)
        {
            return new PurgeStep(deleted, done.ToString(CultureInfo.InvariantCulture));
        }

        PurgeArrivals(connection, day);
        return new PurgeStep(deleted, null);
    }

    /// <returns>The instant before which nothing is kept, now or since an earlier call.</returns>
    private static long Raise(SqliteConnection connection, long before)
    {
        if (connection.Statement("UPDATE purged SET before = max(before, ?1)").Bind(1, before).Run() == 0)
        {
            connection.Statement("INSERT INTO purged VALUES (?1)").Bind(1, before).Run();
        }

        return RevenueBatch.ReadPurged(connection);
    }

    private static int Forget(SqliteConnection connection, long before, int limit) => connection.Statement(
        """
        DELETE FROM entries WHERE (user, event) IN
            (SELECT user, event FROM entries WHERE retired IS NOT NULL AND retired < ?1 ORDER BY retired LIMIT ?2)
        """).Bind(1, before).Bind(2, limit).Run();

    private static List<long> FindUsers(SqliteConnection connection, long after, int limit)
    {
        var rows = connection.Statement("SELECT id FROM users WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit);
        var ids = new List<long>();
        while (rows.Step())
        {
            ids.Add(rows.Int64(0));
        }

        rows.Reset();
        return ids;
    }

    private static int Purge(SqliteConnection connection, long user, long before, int limit)
    {
        var events = new List<string>();
        var sums = new SortedDictionary<string, (long Events, Amount Sum)>(StringComparer.Ordinal);
        var rows = connection.Statement(
            """
            SELECT event, currency, effect_high, effect_low FROM entries
            WHERE user = ?1 AND at IS NOT NULL AND at < ?2 ORDER BY at, event LIMIT ?3
            """).Bind(1, user).Bind(2, before).Bind(3, limit);
        while (rows.Step())
        {
            events.Add(rows.Text(0));
            var sum = sums.GetValueOrDefault(rows.Text(1));
            sums[rows.Text(1)] = (sum.Events + 1, sum.Sum + new Amount(SqliteSums.Read(rows, 2)));
        }

        rows.Reset();
        foreach (var each in events)
        {
            connection.Statement(
                """
                UPDATE entries SET retired = at, at = NULL, effect_high = NULL, effect_low = NULL, currency = NULL, name = NULL,
                    original = NULL, reason = NULL
                WHERE user = ?1 AND event = ?2
                """).Bind(1, user).Bind(2, each).Run();
        }

        foreach (var (currency, (count, sum)) in sums)
        {
            RevenueBalances.Purge(connection, user, currency, count, sum);
        }

        return events.Count + DeleteSums(connection, user, before, limit - events.Count);
    }

    private static int PurgeSumsOfAll(SqliteConnection connection, long before, int limit)
    {
        var deleted = 0;
        foreach (var tenant in SqliteTenants.List(connection))
        {
            deleted += DeleteSums(connection, RevenueSums.ScopeOf(tenant), before, limit - deleted);
        }

        return deleted;
    }

    private static int DeleteSums(SqliteConnection connection, long scope, long before, int limit)
    {
        var deleted = 0;
        foreach (var span in Enum.GetValues<RevenueSpan>())
        {
            deleted += connection.Statement(
                """
                DELETE FROM sums WHERE (scope, span, number, currency) IN
                    (SELECT scope, span, number, currency FROM sums WHERE scope = ?1 AND span = ?2 AND number < ?3 LIMIT ?4)
                """)
                .Bind(1, scope).Bind(2, (long)span).Bind(3, RevenueTime.NumberOf(span, before)).Bind(4, limit - deleted).Run();
        }

        return deleted;
    }

    /// <summary>Of what came longer ago, no entry is left.</summary>
    private static void PurgeArrivals(SqliteConnection connection, long before)
    {
        if (TickTime.IsValid(before) && before > -DateTimeOffset.UnixEpoch.Ticks + MaxAhead.Ticks)
        {
            connection.Statement("DELETE FROM arrivals WHERE received_at < ?1")
                .Bind(1, StoredInstants.ToMilliseconds(TickTime.ToInstant(before) - MaxAhead)).Run();
        }
    }
}
