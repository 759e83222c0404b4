using Contracts.Common;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>The sums of one day of a site as they are stored, and as its raw events have them.</summary>
internal sealed record SiteDay(long Site, long Version, DaySums Right, string? Difference, IReadOnlyList<VisitorBucket> Large)
{
    /// <summary>The first day with events or sums, from one on; null if there is none.</summary>
    public static long? FindFirst(SqliteConnection connection, long site, long from)
    {
        var row = connection.Statement(
            """
            SELECT min(day) FROM (
                SELECT min(day) AS day FROM days WHERE site = ?1 AND day >= ?2
                UNION ALL SELECT min(minute) FROM (SELECT minute / 1440 - (minute < 0 AND minute % 1440 <> 0) AS minute FROM minutes
                    WHERE site = ?1 AND minute >= ?2 * 1440 ORDER BY minutes.minute LIMIT 1)
                UNION ALL SELECT min(at) FROM (SELECT at / ?3 - (at < 0 AND at % ?3 <> 0) AS at FROM events
                    WHERE site = ?1 AND at >= ?2 * ?3 ORDER BY events.at LIMIT 1))
            """).Bind(1, site).Bind(2, Math.Max(from, MinDay)).Bind(3, TimeSpan.TicksPerDay);
        long? day = row.Step() && !row.IsNull(0) ? row.Int64(0) : null;
        row.Reset();
        return day;
    }

    /// <summary>The day of the year 1; earlier numbers would overflow.</summary>
    private const long MinDay = -719_162;

    /// <summary>Both in one snapshot.</summary>
    public static SiteDay Compare(SqliteConnection connection, long site, long day)
    {
        // One statement begins the snapshot that the next ones read.
        connection.Statement("SAVEPOINT compare").Run();
        try
        {
            var stored = SiteSums.Read(connection, site, day, out var version);
            var right = SiteSums.Recount(connection, site, day);
            var sketches = SiteSums.ReadSketches(connection, site, day);
            var difference = DayDifference.Find(stored, right, sketches);

            // Those who came after a sketch was made go into it.
            List<VisitorBucket> large = [.. stored.Visitors
                .Where(each => each.Value.Count > UniqueCounter.MaxExact || sketches.ContainsKey(each.Key)).Select(each => each.Key)];
            return new SiteDay(site, version, right, difference, large);
        }
        finally
        {
            connection.Statement("RELEASE compare").Run();
        }
    }

    /// <summary>Puts the right ones in place, unless anything of the day has changed since they were compared.</summary>
    public bool TrySwap(SqliteConnection connection)
    {
        if (!IsCurrent(connection))
        {
            return false;
        }

        SiteSums.Replace(connection, Site, Right, Version);
        return true;
    }

    /// <summary>Makes sketches of the buckets with more visitors than are counted exactly, unless anything has changed.</summary>
    public bool TryFold(SqliteConnection connection)
    {
        if (!IsCurrent(connection))
        {
            return false;
        }

        foreach (var bucket in Large)
        {
            SiteSums.Put(connection, Site, bucket, Right.Visitors[bucket]);
        }

        return true;
    }

    private bool IsCurrent(SqliteConnection connection)
    {
        var row = connection.Statement("SELECT version FROM days WHERE site = ?1 AND day = ?2").Bind(1, Site).Bind(2, Right.Day);
        var version = row.Step() ? row.Int64(0) : 0;
        row.Reset();
        return version == Version;
    }
}
