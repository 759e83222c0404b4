using System.Globalization;

namespace Bench;

/// <summary>
/// Page views of a hundred sites: batched over four connections, beside the same rows straight into SQLite; single over 64 connections,
/// beside an empty handler. How long statistics take.
/// </summary>
internal static class SitesScenario
{
    public const int Sites = 100;
    public const int Paths = 1_000;
    public const int Users = 50_000;

    private const int Warm = 100_000;

    private static readonly PostgresTable Table = new(
        """
        DROP TABLE IF EXISTS events;
        CREATE TABLE events (site bigint NOT NULL, event uuid NOT NULL, at bigint NOT NULL, type text NOT NULL, path text NOT NULL,
            "user" text, PRIMARY KEY (site, event));
        CREATE INDEX events_in_time ON events (site, at)
        """,
        "INSERT INTO events VALUES {rows} ON CONFLICT DO NOTHING",
        [
            PostgresTable.Column<long>, PostgresTable.Column<Guid>, PostgresTable.Column<long>, PostgresTable.Column<string>,
            PostgresTable.Column<string>, PostgresTable.Column<string>,
        ],
        (row, i) =>
        {
            row.Set(0, i % Sites);
            row.Set(1, Guid.CreateVersion7());
            row.Set(2, i * 10_000);
            row.Set(3, "page_view");
            row.Set(4, string.Create(CultureInfo.InvariantCulture, $"/products/{i * 7_919 % Paths}"));
            row.Set(5, string.Create(CultureInfo.InvariantCulture, $"user-{i * 104_729 % Users}"));
        });

    private static long made;

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        using var raw = new SiteEventCeiling();
        var rounds = new EventRounds("page views", "a page view", "/api/v1/sites/events", View);
        await rounds.WarmAsync(service, Warm);
        await raw.MeasureAsync(Warm);

        await rounds.BatchedAsync(service, "SQLite alone", raw.MeasureAsync);
        rounds.PrintStored(service);
        await rounds.BesidePostgresAsync(service, Table, Warm);
        await rounds.SingleAsync(service, empty, requests: 20_000);

        // All of a site's time: from sums, and with visits from its raw events.
        await EventRounds.ReadsAsync(
            service,
            ("statistics from sums", 200, i => Stats(i, "views,visitors")),
            ("statistics with visits", 50, i => Stats(i, "views,visitors,visits")));
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    private static string Stats(int i, string metrics) =>
        $"/api/v1/sites/site-{i % Sites}/stats?from=2023-01-01&to=2023-02-01&resolution=P1D&metrics={metrics}";

    /// <summary>Users and paths far from each other, and times that mostly go on.</summary>
    private static string View()
    {
        var i = Interlocked.Increment(ref made);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"site":"site-{{i % Sites}}","type":"page_view","path":"/products/{{i * 7_919 % Paths}}","""
            + $"\"user\":\"user-{i * 104_729 % Users}\",\"timestamp\":{1_672_531_200_000 + i}}}");
    }
}
