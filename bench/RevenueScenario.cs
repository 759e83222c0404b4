using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>
/// Revenue of 50,000 users: batched over four connections, beside the same ledger and balances straight in SQLite; single over 64
/// connections, beside an empty handler. How long balances and sums take.
/// </summary>
internal static class RevenueScenario
{
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
        using var raw = new RevenueCeiling();
        await Load.SendBatchesAsync(service.Port, 4, Batches(Warm));
        await raw.MeasureAsync(Warm);

        await BatchedAsync(service, raw);
        await SingleAsync(service, empty);
        await ReadsAsync(service);
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    private static async Task BatchedAsync(ServiceProcess service, RevenueCeiling raw)
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

        Figures.Beside("revenue events in batches of 1,000", "SQLite alone", rounds);
        used.Print("a revenue event", Count * Rounds);
        Figures.Print("  stored", $"{service.StoredBytes() / (double)((Count * Rounds) + Warm):N0} bytes a revenue event, log included");
    }

    private static async Task SingleAsync(ServiceProcess service, ServiceProcess empty)
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await Load.SendForAsync(empty.Port, 64, Time, [RawClient.Post("/api/v1/timers", Event())]);

            // Each without an id of its own, so that all of them are new.
            var requests = Enumerable.Range(0, 20_000).Select(_ => RawClient.Post("/api/v1/revenue/events", Event())).ToArray();
            var sent = await Load.SendForAsync(service.Port, 64, Time, requests);
            rounds.Add((sent / Time.TotalSeconds, ceiling / Time.TotalSeconds));
        }

        Figures.Beside("revenue events, 64 connections", "an empty handler", rounds);
    }

    /// <summary>A user's balances, and the sums of all by day.</summary>
    private static async Task ReadsAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") };
        foreach (var (name, path) in new (string Name, Func<int, string> Path)[]
        {
            ("balances of a user", i => $"users/user-{i * 7_919 % Users}"),
            ("sums of all by day", _ => "stats?from=2023-01-01&to=2023-02-01&resolution=P1D"),
        })
        {
            var took = new List<double>();
            for (var i = 0; i < 200; i++)
            {
                var watch = Stopwatch.StartNew();
                (await http.GetAsync($"/api/v1/revenue/{path(i)}")).EnsureSuccessStatusCode();
                took.Add(watch.Elapsed.TotalMilliseconds);
            }

            Figures.Lateness(name, [.. took.Order()]);
        }
    }

    private static IEnumerable<byte[]> Batches(int count) => Enumerable.Range(0, count / 1_000).Select(_ => RawClient.Post(
        "/api/v1/revenue/events", string.Concat(Enumerable.Range(0, 1_000).Select(_ => Event() + "\n")), "application/x-ndjson"));

    /// <summary>Users far from each other, and times that mostly go on.</summary>
    private static string Event()
    {
        var i = Interlocked.Increment(ref made);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"user":"user-{{i * 104_729 % Users}}","name":"{{(i % 5 == 0 ? "subtract_revenue" : "add_revenue")}}","""
            + $"\"value\":{i % 10_000}.{i % 90 + 10},\"currency\":\"{(i % 3 == 0 ? "USD" : "EUR")}\","
            + $"\"timestamp\":{1_672_531_200_000 + i}}}");
    }
}
