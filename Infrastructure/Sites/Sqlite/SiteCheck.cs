using System.Globalization;
using Contracts.Sites;
using Infrastructure.Storage.Sqlite;

namespace Infrastructure.Sites.Sqlite;

/// <summary>Checks that sums are those of the raw events, and that each event belongs to a site and a log that are there.</summary>
public static class SiteCheck
{
    private static readonly int UnixDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>The check of sites.db.</summary>
    public static SliceCheck Instance { get; } = new(SiteMessages.Topic, Find);

    private static IEnumerable<string> Find(SqliteConnection connection) =>
        FindSums(connection).Concat(FindStrays(connection)).Concat(FindTenants(connection));

    private static IEnumerable<string> FindSums(SqliteConnection connection)
    {
        foreach (var (site, name, events) in ReadSites(connection))
        {
            var counted = 0L;
            for (var day = SiteDay.FindFirst(connection, site, long.MinValue); day is { } number;
                day = SiteDay.FindFirst(connection, site, number + 1))
            {
                var compared = SiteDay.Compare(connection, site, number);
                counted += compared.Right.Total.Events + compared.Right.Total.BotEvents;
                if (compared.Difference is { } difference)
                {
                    var date = DateOnly.FromDayNumber((int)number + UnixDay);
                    yield return string.Create(
                        CultureInfo.InvariantCulture, $"The day {date:yyyy-MM-dd} of the site '{name}' {difference}.");
                }
            }

            if (counted != events)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"The site '{name}' is stored with {events} events, and {counted} are there.");
            }
        }
    }

    private static IEnumerable<string> FindStrays(SqliteConnection connection)
    {
        var rows = connection.Statement(
            """
            SELECT site, count(*) FROM events e
            WHERE (site NOT IN (SELECT id FROM sites) AND site NOT IN (SELECT site FROM erasing_sites)) OR log NOT IN (SELECT id FROM logs)
                OR NOT EXISTS (SELECT 1 FROM claims c WHERE c.site = e.site AND c.event = e.event)
            GROUP BY site
            """);
        while (rows.Step())
        {
            yield return $"Of site number {rows.Int64(0)}, {rows.Int64(1)} events belong to no site, no log or no id that is there.";
        }

        rows.Reset();
    }

    private static IEnumerable<string> FindTenants(SqliteConnection connection)
    {
        var rows = connection.Statement("SELECT name FROM sites WHERE tenant <> 0 AND tenant NOT IN (SELECT id FROM tenants)");
        while (rows.Step())
        {
            yield return $"The tenant of the site '{rows.Text(0)}' is unknown.";
        }

        rows.Reset();
    }

    private static List<(long Id, string Name, long Events)> ReadSites(SqliteConnection connection)
    {
        var rows = connection.Statement("SELECT id, name, events FROM sites");
        var sites = new List<(long, string, long)>();
        while (rows.Step())
        {
            sites.Add((rows.Int64(0), rows.Text(1), rows.Int64(2)));
        }

        rows.Reset();
        return sites;
    }
}
