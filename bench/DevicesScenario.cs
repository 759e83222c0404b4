using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bench;

/// <summary>
/// Readings of a thousand devices: batched over four connections, beside the same rows straight into SQLite; single over 64 connections,
/// beside an empty handler. How soon an accepted reading can be read beside a flood of others, how late timers are then, and how long
/// totals take.
/// </summary>
internal static class DevicesScenario
{
    public const int Devices = 1_000;

    private const int Warm = 300_000;
    private const int Sought = 200;
    private const int Flood = 50_000;
    private const int FloodSeconds = 10;
    private static readonly PostgresTable Table = new(
        """
        DROP TABLE IF EXISTS readings;
        CREATE TABLE readings (device bigint NOT NULL, at bigint NOT NULL, count bigint NOT NULL, PRIMARY KEY (device, at))
        """,
        "INSERT INTO readings VALUES {rows} ON CONFLICT DO NOTHING",
        [PostgresTable.Column<long>, PostgresTable.Column<long>, PostgresTable.Column<long>],
        (row, i) =>
        {
            row.Set(0, i % Devices);
            row.Set(1, i * 10_000);
            row.Set(2, i % 10);
        });

    private static readonly EventRounds Rounds = new("readings", "a reading", "/api/v1/devices/readings", Reading);

    private static long made;

    public static async Task RunAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        using var raw = new ReadingCeiling();
        await Rounds.WarmAsync(service, Warm);
        await raw.MeasureAsync(Warm);

        await Rounds.BatchedAsync(service, "SQLite alone", raw.MeasureAsync);
        Rounds.PrintStored(service);
        await Rounds.BesidePostgresAsync(service, Table, Warm);
        await Rounds.SingleAsync(service, empty, requests: 150_000);
        await ReadableAsync(service);
        await TimersAsync(service);
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
        await TotalsAsync(service);
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    /// <summary>50,000 readings a second, or as many as are taken, made beforehand: the generator shares the cores.</summary>
    private static async Task FloodAsync(ServiceProcess service, byte[][] batches, CancellationToken stop)
    {
        using var client = new RawClient();
        await client.ConnectAsync(service.Port);
        var (watch, sent) = (Stopwatch.StartNew(), 0L);
        foreach (var batch in batches.TakeWhile(_ => !stop.IsCancellationRequested))
        {
            await client.SendAsync(batch);
            sent += 1_000;
            var ahead = TimeSpan.FromSeconds(sent / (double)Flood) - watch.Elapsed;
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead, CancellationToken.None);
            }
        }

        Figures.Print("  beside", $"{sent / watch.Elapsed.TotalSeconds:N0} readings/s over one connection");
    }

    /// <summary>1,000 timers a second, alone and beside the flood, in turns.</summary>
    private static async Task TimersAsync(ServiceProcess service)
    {
        var (alone, beside) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            alone.AddRange(await PunctualityScenario.MeasureAsync(service.Port, 1_000, FloodSeconds));
            byte[][] batches = [.. Rounds.Batches(Flood * (FloodSeconds + 2))];
            using var stop = new CancellationTokenSource();
            var flood = Task.CompletedTask;
            beside.AddRange(await PunctualityScenario.MeasureAsync(
                service.Port, 1_000, FloodSeconds, () => flood = Task.Run(() => FloodAsync(service, batches, stop.Token))));
            await stop.CancelAsync();
            await flood;
        }

        Figures.Lateness("lateness of timers alone, at 1,000/s", [.. alone.Order()]);
        Figures.Lateness("  beside readings", [.. beside.Order()]);
    }

    /// <summary>From sending a reading until its device's total has it, beside the flood.</summary>
    private static async Task ReadableAsync(ServiceProcess service)
    {
        using var stop = new CancellationTokenSource();
        byte[][] batches = [.. Rounds.Batches(Flood * 20)];
        var flood = Task.Run(() => FloodAsync(service, batches, stop.Token));
        var times = new List<double>();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") };
        for (var i = 0; i < Sought; i++)
        {
            var (device, watch) = ($"sought-{i}", Stopwatch.StartNew());
            using var content = new StringContent(
                $$"""{"device":"{{device}}","timestamp":1,"count":1}""", Encoding.UTF8, "application/json");
            (await http.PostAsync("/api/v1/devices/readings", content)).EnsureSuccessStatusCode();
            await Load.WaitForAsync(
                async () => (await http.GetAsync($"/devices/{device}/cumulative_count")).IsSuccessStatusCode, TimeSpan.FromSeconds(30));
            times.Add(watch.Elapsed.TotalMilliseconds);
            await Task.Delay(20);
        }

        await stop.CancelAsync();
        await flood;
        Figures.Lateness("sent to readable", [.. times.Order()]);
    }

    /// <summary>A device with ten readings beside one with ten millions.</summary>
    private static async Task TotalsAsync(ServiceProcess service)
    {
        const int Large = 10_000_000;
        await Load.SendBatchesAsync(service.Port, 4, Enumerable.Range(0, Large / 1_000).Select(batch => Post(string.Concat(
            Enumerable.Range(batch * 1_000, 1_000).Select(i => Line("large", i, 1))))));
        await Load.SendBatchesAsync(service.Port, 1, [Post(string.Concat(Enumerable.Range(0, 10).Select(i => Line("small", i, 1))))]);
        foreach (var device in new[] { "small", "large", "small", "large" })
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") };
            var times = new List<double>();
            for (var i = 0; i < 2_000; i++)
            {
                var watch = Stopwatch.StartNew();
                (await http.GetAsync($"/devices/{device}/cumulative_count")).EnsureSuccessStatusCode();
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            Figures.Lateness($"totals of the {device} device", [.. times.Order()]);
        }
    }

    private static byte[] Post(string lines) => RawClient.Post("/api/v1/devices/readings", lines, "application/x-ndjson");

    private static string Reading()
    {
        var i = Interlocked.Increment(ref made);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"device":"device-{{i % Devices}}","timestamp":{{1_672_531_200_000 + i}},"count":{{i % 10}}}""");
    }

    private static string Line(string device, int at, int count) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"device":"{{device}}","timestamp":{{at}},"count":{{count}}}""") + "\n";
}
