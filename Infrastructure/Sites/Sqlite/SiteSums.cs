using Contracts.Common;
using Contracts.Sites;
using Infrastructure.Sites.Common;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>Writes and reads the sums of a day.</summary>
internal static class SiteSums
{
    /// <summary>Adds to what is stored, in the transaction that stores or deletes the events.</summary>
    public static void Add(SqliteConnection connection, long site, DaySums sums)
    {
        foreach (var (minute, counts) in sums.Minutes)
        {
            connection.Statement(
                """
                INSERT INTO minutes VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
                SET events = events + excluded.events, views = views + excluded.views, bots = bots + excluded.bots
                """)
                .Bind(1, site).Bind(2, minute).Bind(3, counts.Events).Bind(4, counts.Views).Bind(5, counts.BotEvents).Run();
        }

        connection.Statement(
            """
            INSERT INTO days VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT DO UPDATE
            SET events = events + excluded.events, views = views + excluded.views, bots = bots + excluded.bots, version = version + 1
            """)
            .Bind(1, site).Bind(2, sums.Day).Bind(3, sums.Total.Events).Bind(4, sums.Total.Views).Bind(5, sums.Total.BotEvents).Run();
        AddNames(connection, site, SiteSeries.Types, sums.Day, sums.Types);
        AddNames(connection, site, SiteSeries.Paths, sums.Day, sums.Paths);
        foreach (var (bucket, visitors) in sums.Visitors)
        {
            foreach (var visitor in visitors)
            {
                connection.Statement("INSERT INTO visitors VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
                    .BindBucket(site, bucket).Bind(5, visitor).Run();
            }
        }
    }

    /// <summary>The stored sums of a day.</summary>
    public static DaySums Read(SqliteConnection connection, long site, long day, out long version)
    {
        var sums = new DaySums(day);
        var row = connection.Statement("SELECT events, views, bots, version FROM days WHERE site = ?1 AND day = ?2")
            .Bind(1, site).Bind(2, day);
        version = 0;
        if (row.Step())
        {
            sums.Set(new DaySums.Counts(row.Int64(0), row.Int64(1), row.Int64(2)));
            version = row.Int64(3);
        }

        row.Reset();
        var (first, end) = MinutesOf(day);
        row = connection.Statement("SELECT minute, events, views, bots FROM minutes WHERE site = ?1 AND minute >= ?2 AND minute < ?3")
            .Bind(1, site).Bind(2, first).Bind(3, end);
        while (row.Step())
        {
            sums.Minutes[row.Int64(0)] = new DaySums.Counts(row.Int64(1), row.Int64(2), row.Int64(3));
        }

        row.Reset();
        ReadNames(connection, site, SiteSeries.Types, day, sums.Types);
        ReadNames(connection, site, SiteSeries.Paths, day, sums.Paths);
        foreach (var bucket in BucketsOf(day))
        {
            var set = new HashSet<long>();
            row = connection.Statement(
                "SELECT visitor FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4").BindBucket(site, bucket);
            while (row.Step())
            {
                set.Add(row.Int64(0));
            }

            row.Reset();
            if (set.Count > 0)
            {
                sums.Visitors[bucket] = set;
            }
        }

        return sums;
    }

    /// <summary>The day's sketches.</summary>
    public static Dictionary<VisitorBucket, HyperLogLog> ReadSketches(SqliteConnection connection, long site, long day)
    {
        var sketches = new Dictionary<VisitorBucket, HyperLogLog>();
        foreach (var bucket in BucketsOf(day))
        {
            if (ReadSketch(connection, site, bucket) is { } sketch)
            {
                sketches[bucket] = sketch;
            }
        }

        return sketches;
    }

    public static HyperLogLog? ReadSketch(SqliteConnection connection, long site, VisitorBucket bucket)
    {
        var row = connection.Statement("SELECT registers FROM sketches WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4")
            .BindBucket(site, bucket);
        var sketch = row.Step() ? HyperLogLog.FromBytes(row.Blob(0)) : null;
        row.Reset();
        return sketch;
    }

    /// <summary>
    /// Replaces the visitors of a bucket, in either form: by a sketch of them if there are more than are counted exactly.
    /// </summary>
    public static void Put(SqliteConnection connection, long site, VisitorBucket bucket, IReadOnlySet<long> visitors)
    {
        connection.Statement("DELETE FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4")
            .BindBucket(site, bucket).Run();
        if (visitors.Count > UniqueCounter.MaxExact)
        {
            connection.Statement("REPLACE INTO sketches VALUES (?1, ?2, ?3, ?4, ?5)")
                .BindBucket(site, bucket).Bind(5, DayDifference.SketchOf(visitors).Bytes).Run();
            return;
        }

        connection.Statement("DELETE FROM sketches WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4")
            .BindBucket(site, bucket).Run();
        foreach (var visitor in visitors)
        {
            connection.Statement("INSERT INTO visitors VALUES (?1, ?2, ?3, ?4, ?5)").BindBucket(site, bucket).Bind(5, visitor).Run();
        }
    }

    /// <summary>Puts the sums of a day's raw events in place of what is stored.</summary>
    public static void Replace(SqliteConnection connection, long site, DaySums right, long version)
    {
        DeleteDay(connection, site, right.Day);
        Add(connection, site, right);
        connection.Statement("UPDATE days SET version = ?3 WHERE site = ?1 AND day = ?2")
            .Bind(1, site).Bind(2, right.Day).Bind(3, version + 1).Run();
    }

    /// <summary>Deletes up to a number of a day's visitors and names, of which there may be many.</summary>
    /// <returns>How many; the limit if there may be more.</returns>
    public static int DeleteSome(SqliteConnection connection, long site, long day, int limit)
    {
        var deleted = 0;
        foreach (var bucket in BucketsOf(day))
        {
            deleted += connection.Statement(
                """
                DELETE FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4 AND visitor IN (
                    SELECT visitor FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4 LIMIT ?5)
                """).BindBucket(site, bucket).Bind(5, Math.Max(0, limit - deleted)).Run();
        }

        foreach (var series in Enum.GetValues<SiteSeries>())
        {
            deleted += connection.Statement(
                """
                DELETE FROM names WHERE site = ?1 AND series = ?2 AND day = ?3 AND name IN (
                    SELECT name FROM names WHERE site = ?1 AND series = ?2 AND day = ?3 LIMIT ?4)
                """).Bind(1, site).Bind(2, (long)series).Bind(3, day).Bind(4, Math.Max(0, limit - deleted)).Run();
        }

        return deleted;
    }

    /// <summary>Deletes all sums of a day.</summary>
    public static void DeleteDay(SqliteConnection connection, long site, long day)
    {
        var (first, end) = MinutesOf(day);
        connection.Statement("DELETE FROM minutes WHERE site = ?1 AND minute >= ?2 AND minute < ?3")
            .Bind(1, site).Bind(2, first).Bind(3, end).Run();
        connection.Statement("DELETE FROM days WHERE site = ?1 AND day = ?2").Bind(1, site).Bind(2, day).Run();
        foreach (var series in Enum.GetValues<SiteSeries>())
        {
            connection.Statement("DELETE FROM names WHERE site = ?1 AND series = ?2 AND day = ?3")
                .Bind(1, site).Bind(2, (long)series).Bind(3, day).Run();
        }

        foreach (var bucket in BucketsOf(day))
        {
            connection.Statement("DELETE FROM visitors WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4")
                .BindBucket(site, bucket).Run();
            connection.Statement("DELETE FROM sketches WHERE site = ?1 AND span = ?2 AND kind = ?3 AND number = ?4")
                .BindBucket(site, bucket).Run();
        }
    }

    /// <summary>What the raw events of a day add up to.</summary>
    public static DaySums Recount(SqliteConnection connection, long site, long day)
    {
        var sums = new DaySums(day);
        var rows = connection.Statement($"SELECT {SiteRows.Columns} FROM events WHERE site = ?1 AND at >= ?2 AND at < ?3")
            .Bind(1, site).Bind(2, day * TimeSpan.TicksPerDay).Bind(3, (day + 1) * TimeSpan.TicksPerDay);
        string? type = null;
        while (rows.Step())
        {
            sums.Add(SiteRows.ReadEvent(rows, ref type).Event);
        }

        rows.Reset();
        return sums;
    }

    /// <summary>All buckets of visitors that a day has.</summary>
    public static IEnumerable<VisitorBucket> BucketsOf(long day)
    {
        foreach (var kind in Enum.GetValues<VisitorKind>())
        {
            yield return new VisitorBucket(SiteSpan.Day, kind, day);
            for (var hour = 0; hour < 24; hour++)
            {
                yield return new VisitorBucket(SiteSpan.Hour, kind, (day * 24) + hour);
            }
        }
    }

    /// <summary>Binds 1 to 4.</summary>
    public static SqliteStatement BindBucket(this SqliteStatement statement, long site, VisitorBucket bucket) =>
        statement.Bind(1, site).Bind(2, (long)bucket.Span).Bind(3, (long)bucket.Kind).Bind(4, bucket.Number);

    private static (long First, long End) MinutesOf(long day) => (day * 1_440, (day + 1) * 1_440);

    private static void AddNames(SqliteConnection connection, long site, SiteSeries series, long day, Dictionary<string, long> counts)
    {
        foreach (var (name, count) in counts)
        {
            connection.Statement(
                "INSERT INTO names VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET count = count + excluded.count")
                .Bind(1, site).Bind(2, (long)series).Bind(3, day).Bind(4, name).Bind(5, count).Run();
            if (count < 0)
            {
                // A path may say who was there: with the last of its events it goes.
                connection.Statement("DELETE FROM names WHERE site = ?1 AND series = ?2 AND day = ?3 AND name = ?4 AND count = 0")
                    .Bind(1, site).Bind(2, (long)series).Bind(3, day).Bind(4, name).Run();
            }
        }
    }

    private static void ReadNames(SqliteConnection connection, long site, SiteSeries series, long day, Dictionary<string, long> into)
    {
        var row = connection.Statement("SELECT name, count FROM names WHERE site = ?1 AND series = ?2 AND day = ?3")
            .Bind(1, site).Bind(2, (long)series).Bind(3, day);
        while (row.Step())
        {
            into[row.Text(0)] = row.Int64(1);
        }

        row.Reset();
    }
}
