using System.Diagnostics;
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

    private const int Rounds = 5;
    private const int Count = 100_000;
    private const int Warm = 100_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    private static long made;

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        using var raw = new SiteEventCeiling();
        await Load.SendBatchesAsync(service.Port, 4, Batches(Warm));
        await raw.MeasureAsync(Warm);

        await BatchedAsync(service, raw);
        await SingleAsync(service, empty);
        await StatsAsync(service);
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    private static async Task BatchedAsync(ServiceProcess service, SiteEventCeiling raw)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        var used = new ProcessorUse(service);
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await raw.MeasureAsync(Count);
            List<byte[]> batches = [.. Batches(Count)];
            var rate = await used.DuringAsync(async () =>
            {
                var watch = Stopwatch.StartNew();
                await Load.SendBatchesAsync(service.Port, 4, batches);
                return Count / watch.Elapsed.TotalSeconds;
            });
            rounds.Add((rate, ceiling));
        }

        Figures.Beside("page views in batches of 1,000", "SQLite alone", rounds);
        used.Print("a page view", Count * Rounds);
        Figures.Print("  stored", $"{service.StoredBytes() / (double)((Count * Rounds) + Warm):N0} bytes a page view, log included");
    }

    private static async Task SingleAsync(ServiceProcess service, ServiceProcess empty)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await Load.SendForAsync(empty.Port, 64, Time, [RawClient.Post("/api/v1/timers", View())]);

            // Each without an id of its own, so that all of them are new.
            var requests = Enumerable.Range(0, 20_000).Select(_ => RawClient.Post("/api/v1/sites/events", View())).ToArray();
            var sent = await Load.SendForAsync(service.Port, 64, Time, requests);
            rounds.Add((sent / Time.TotalSeconds, ceiling / Time.TotalSeconds));
        }

        Figures.Beside("page views, 64 connections", "an empty handler", rounds);
    }

    /// <summary>All of a site's time: from sums, and with visits from its raw events.</summary>
    private static async Task StatsAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") };
        foreach (var (name, metrics, times) in new[] { ("from sums", "views,visitors", 200), ("with visits", "views,visitors,visits", 50) })
        {
            var took = new List<double>();
            for (var i = 0; i < times; i++)
            {
                var watch = Stopwatch.StartNew();
                var path = $"/api/v1/sites/site-{i % Sites}/stats?from=2023-01-01&to=2023-02-01&resolution=P1D&metrics={metrics}";
                (await http.GetAsync(path)).EnsureSuccessStatusCode();
                took.Add(watch.Elapsed.TotalMilliseconds);
            }

            Figures.Lateness($"statistics {name}", [.. took.Order()]);
        }
    }

    private static IEnumerable<byte[]> Batches(int count) => Enumerable.Range(0, count / 1_000).Select(_ => RawClient.Post(
        "/api/v1/sites/events", string.Concat(Enumerable.Range(0, 1_000).Select(_ => View() + "\n")), "application/x-ndjson"));

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
