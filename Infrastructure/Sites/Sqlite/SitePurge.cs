using System.Globalization;
using Contracts.Common;
using Contracts.Events;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>Deletes whole days: raw events, whose ids retire, and then the sums. Retired ids are forgotten later.</summary>
internal static class SitePurge
{
    /// <summary>An event may lie this far ahead of its arrival (five minutes), and clocks may differ.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    public static PurgeStep Run(SqliteConnection connection, long before, long forgetBefore, long after, int limit)
    {
        var deleted = WholeSiteErasure.Continue(connection, limit);
        while (SiteErasure.FindUnfinished(connection) is { } erasure && deleted < limit)
        {
            deleted += SiteErasure.Continue(connection, erasure.Site, erasure.Visitor, limit) ? limit : 0;
        }

        if (deleted >= limit)
        {
            return new PurgeStep(0, after.ToString(CultureInfo.InvariantCulture));
        }

        var end = Raise(connection, before);
        deleted = 0;
        while (FindSite(connection, after) is { } site)
        {
            var (events, isDone) = PurgeSite(connection, site, end, limit - deleted);
            deleted += events;
            if (!isDone)
            {
                return new PurgeStep(deleted, after.ToString(CultureInfo.InvariantCulture));
            }

            after = site;
        }

        if (deleted >= limit || Forget(connection, Math.Min(forgetBefore, end), limit - deleted) == limit - deleted)
        {
            return new PurgeStep(deleted, after.ToString(CultureInfo.InvariantCulture));
        }

        PurgeArrivals(connection, end);
        return new PurgeStep(deleted, null);
    }

    /// <returns>The first instant that is kept.</returns>
    private static long Raise(SqliteConnection connection, long before)
    {
        if (TickTime.IsValid(before))
        {
            var start = SiteTime.NumberOf(SiteSpan.Day, before) * TimeSpan.TicksPerDay;
            if (connection.Statement("UPDATE purged SET before = max(before, ?1)").Bind(1, start).Run() == 0)
            {
                connection.Statement("INSERT INTO purged VALUES (?1)").Bind(1, start).Run();
            }
        }

        return SiteRows.ReadPurged(connection);
    }

    private static long? FindSite(SqliteConnection connection, long after)
    {
        var row = connection.Statement("SELECT id FROM sites WHERE id > ?1 ORDER BY id LIMIT 1").Bind(1, after);
        long? site = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return site;
    }

    /// <returns>How many events were deleted, and whether nothing is left that ought to be.</returns>
    private static (int Events, bool IsDone) PurgeSite(SqliteConnection connection, long site, long before, int limit)
    {
        var rows = connection.Statement("SELECT at, event FROM events WHERE site = ?1 AND at < ?2 ORDER BY at, event LIMIT ?3")
            .Bind(1, site).Bind(2, before).Bind(3, limit);
        var old = new List<(long At, Guid Key)>();
        while (rows.Step())
        {
            old.Add((rows.Int64(0), rows.Guid(1)));
        }

        rows.Reset();
        foreach (var (at, key) in old)
        {
            connection.Statement("INSERT INTO retired VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .Bind(1, at).Bind(2, site).Bind(3, key).Run();
            connection.Statement("DELETE FROM events WHERE site = ?1 AND at = ?2 AND event = ?3")
                .Bind(1, site).Bind(2, at).Bind(3, key).Run();
        }

        connection.Statement("UPDATE sites SET events = events - ?2 WHERE id = ?1").Bind(1, site).Bind(2, old.Count).Run();
        if (old.Count == limit)
        {
            return (limit, false);
        }

        var days = connection.Statement("SELECT day FROM days WHERE site = ?1 AND day < ?2")
            .Bind(1, site).Bind(2, SiteTime.NumberOf(SiteSpan.Day, before));
        var gone = new List<long>();
        while (days.Step())
        {
            gone.Add(days.Int64(0));
        }

        days.Reset();
        var left = limit - old.Count;
        foreach (var day in gone)
        {
            left -= SiteSums.DeleteSome(connection, site, day, left);
            if (left <= 0)
            {
                return (old.Count, false);
            }

            SiteSums.DeleteDay(connection, site, day);
        }

        return (old.Count, true);
    }

    private static int Forget(SqliteConnection connection, long before, int limit)
    {
        var rows = connection.Statement("SELECT at, site, event FROM retired WHERE at < ?1 ORDER BY at LIMIT ?2")
            .Bind(1, before).Bind(2, limit);
        var old = new List<(long At, long Site, Guid Key)>();
        while (rows.Step())
        {
            old.Add((rows.Int64(0), rows.Int64(1), rows.Guid(2)));
        }

        rows.Reset();
        foreach (var (at, site, key) in old)
        {
            connection.Statement("DELETE FROM claims WHERE site = ?1 AND event = ?2").Bind(1, site).Bind(2, key).Run();
            connection.Statement("DELETE FROM retired WHERE at = ?1 AND site = ?2 AND event = ?3")
                .Bind(1, at).Bind(2, site).Bind(3, key).Run();
        }

        return old.Count;
    }

    /// <summary>Of what came longer ago, no event is left.</summary>
    private static void PurgeArrivals(SqliteConnection connection, long before)
    {
        if (TickTime.IsValid(before) && before > -DateTimeOffset.UnixEpoch.Ticks + MaxAhead.Ticks)
        {
            connection.Statement("DELETE FROM arrivals WHERE received_at < ?1")
                .Bind(1, StoredInstants.ToMilliseconds(TickTime.ToInstant(before) - MaxAhead)).Run();
        }
    }
}
