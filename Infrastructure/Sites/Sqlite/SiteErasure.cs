using Contracts.Messaging;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>
/// Erases visitors, day by day of those when they were there. What is left is their hash with the position of the erasure, so that
/// earlier messages, when they come again, do not bring anything back, and the ids of the events.
/// </summary>
internal static class SiteErasure
{
    /// <summary>Notes that it is to be done.</summary>
    /// <returns>What is to be erased; null if it was before.</returns>
    public static (long Site, long Visitor)? Begin(SqliteConnection connection, Received<VisitorErased> received)
    {
        var message = received.Message;
        var site = SiteBatch.Ensure(connection, received.Tenant, message.Site);
        var visitor = message.User is { } user ? VisitorHash.OfUser(user) : message.Visitor!.Value;
        var (log, offset) = (SqliteSources.Ensure(connection, received.Source), received.Source.Offset);
        if (Find(connection, site, visitor) is { } before && before.Log == log && before.Offset >= offset)
        {
            return null;
        }

        connection.Statement("REPLACE INTO erased VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, site).Bind(2, visitor).Bind(3, log).Bind(4, offset)
            .Bind(5, StoredInstants.ToMilliseconds(message.Stamp.ReceivedAt)).Run();
        connection.Statement("UPDATE sites SET erasures = erasures + 1 WHERE id = ?1").Bind(1, site).Run();
        connection.Statement("REPLACE INTO erasing VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, site).Bind(2, visitor).Bind(3, message.User).Bind(4, long.MinValue).Run();
        return (site, visitor);
    }

    /// <summary>Any erasure that was begun and not finished.</summary>
    public static (long Site, long Visitor)? FindUnfinished(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT site, visitor FROM erasing LIMIT 1");
        (long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1)) : null;
        row.Reset();
        return found;
    }

    /// <summary>Whether an erasure is still under way.</summary>
    public static bool IsUnfinished(SqliteConnection connection, long site, long visitor)
    {
        var row = connection.Statement("SELECT 1 FROM erasing WHERE site = ?1 AND visitor = ?2").Bind(1, site).Bind(2, visitor);
        var found = row.Step();
        row.Reset();
        return found;
    }

    public static (long Log, long Offset)? Find(SqliteConnection connection, long site, long visitor)
    {
        var row = connection.Statement("SELECT log, offset FROM erased WHERE site = ?1 AND visitor = ?2").Bind(1, site).Bind(2, visitor);
        (long, long)? found = row.Step() ? (row.Int64(0), row.Int64(1)) : null;
        row.Reset();
        return found;
    }

    /// <summary>Erases up to a number of the visitor's events, of one day.</summary>
    /// <returns>False when none are left.</returns>
    public static bool Continue(SqliteConnection connection, long site, long visitor, int limit)
    {
        var row = connection.Statement("SELECT user, day FROM erasing WHERE site = ?1 AND visitor = ?2").Bind(1, site).Bind(2, visitor);
        if (!row.Step())
        {
            row.Reset();
            return false;
        }

        var (user, from) = (row.IsNull(0) ? null : row.Text(0), row.Int64(1));
        row.Reset();
        if (FindDay(connection, site, visitor, from) is not { } day)
        {
            connection.Statement("DELETE FROM erasing WHERE site = ?1 AND visitor = ?2").Bind(1, site).Bind(2, visitor).Run();
            return false;
        }

        if (EraseOf(connection, site, visitor, user, day, limit))
        {
            connection.Statement("UPDATE erasing SET day = ?3 WHERE site = ?1 AND visitor = ?2")
                .Bind(1, site).Bind(2, visitor).Bind(3, day + 1).Run();
        }

        return true;
    }

    /// <summary>The next day when the visitor was there, or may have been: a sketch does not say who.</summary>
    private static long? FindDay(SqliteConnection connection, long site, long visitor, long from)
    {
        var row = connection.Statement(
            """
            SELECT min(d.day) FROM days d WHERE d.site = ?1 AND d.day >= ?3 AND (
                EXISTS (SELECT 1 FROM visitors v WHERE v.site = ?1 AND v.span = 2 AND v.kind IN (0, 1, 2) AND v.number = d.day
                    AND v.visitor = ?2)
                OR EXISTS (SELECT 1 FROM sketches s WHERE s.site = ?1 AND s.span = 2 AND s.kind IN (0, 1, 2) AND s.number = d.day))
            """).Bind(1, site).Bind(2, visitor).Bind(3, from);
        long? day = row.Step() && !row.IsNull(0) ? row.Int64(0) : null;
        row.Reset();
        return day;
    }

    /// <returns>Whether all of the day is done.</returns>
    private static bool EraseOf(SqliteConnection connection, long site, long visitor, string? user, long day, int limit)
    {
        var erasure = Find(connection, site, visitor)!.Value;
        var rows = connection.Statement(
            $"""
            SELECT {SiteRows.Columns} FROM events
            WHERE site = ?1 AND at >= ?2 AND at < ?3 AND (user = ?4 OR (user IS NULL AND visitor = ?5))
                AND NOT (log = ?6 AND offset > ?7)
            LIMIT ?8
            """)
            .Bind(1, site).Bind(2, day * TimeSpan.TicksPerDay).Bind(3, (day + 1) * TimeSpan.TicksPerDay).Bind(4, user)
            .Bind(5, user is null ? visitor : null).Bind(6, erasure.Log).Bind(7, erasure.Offset).Bind(8, limit);
        var found = new List<StoredSiteEvent>();
        string? type = null;
        while (rows.Step())
        {
            found.Add(SiteRows.ReadEvent(rows, ref type));
        }

        rows.Reset();
        Take(connection, site, day, found);
        if (found.Count == limit)
        {
            return false;
        }

        Forget(connection, site, visitor, day);
        return true;
    }

    private static void Take(SqliteConnection connection, long site, long day, List<StoredSiteEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        var sums = new DaySums(day);
        foreach (var each in events)
        {
            sums.Add(each.Event, times: -1);

            // Its id is remembered as long as that of a purged one.
            connection.Statement("INSERT INTO retired VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .Bind(1, each.Event.At).Bind(2, site).Bind(3, each.Key).Run();
            connection.Statement("DELETE FROM events WHERE site = ?1 AND at = ?2 AND event = ?3")
                .Bind(1, site).Bind(2, each.Event.At).Bind(3, each.Key).Run();
        }

        SiteSums.Add(connection, site, sums);
        connection.Statement("UPDATE sites SET events = events - ?2 WHERE id = ?1").Bind(1, site).Bind(2, events.Count).Run();
    }

    /// <summary>Takes the visitor out of the day's buckets, except those that later events of theirs are in.</summary>
    private static void Forget(SqliteConnection connection, long site, long visitor, long day)
    {
        DaySums? right = null;
        var sketched = SiteSums.ReadSketches(connection, site, day);
        foreach (var bucket in SiteSums.BucketsOf(day))
        {
            if (sketched.ContainsKey(bucket))
            {
                // Nobody can be taken out of a sketch: it is made anew.
                right ??= SiteSums.Recount(connection, site, day);
                SiteSums.Put(connection, site, bucket, right.Visitors.GetValueOrDefault(bucket, []));
                continue;
            }

            if (connection.Statement("DELETE FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4 AND visitor = ?5")
                .BindBucket(site, bucket).Bind(5, visitor).Run() == 0)
            {
                continue;
            }

            right ??= SiteSums.Recount(connection, site, day);
            if (right.Visitors.GetValueOrDefault(bucket)?.Contains(visitor) == true)
            {
                connection.Statement("INSERT INTO visitors VALUES (?1, ?2, ?3, ?4, ?5)").BindBucket(site, bucket).Bind(5, visitor).Run();
            }
        }
    }
}
