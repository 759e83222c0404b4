using System.Diagnostics;

namespace Bench;

/// <summary>Batches of a thousand over four connections, alternating with inserts of the same rows straight into SQLite.</summary>
internal static class BatchScenario
{
    private const int Rounds = 5;
    private const int Count = 100_000;

    /// <summary>
    /// Timers created as a warm-up, until the JIT has optimised the hot paths; the raw file gets as many rows, so that both grow alike.
    /// </summary>
    private const int Warm = 1_000_000;

    public static async Task RunAsync()
    {
        await using var raw = new BatchCeiling();
        await using var service = await ServiceProcess.StartNewAsync();
        var now = TimeProvider.System.GetUtcNow().AddHours(1);
        string Timer(int i) => Load.Timer(Load.Nowhere, now.AddSeconds(BatchCeiling.Spread(i)));
        await Load.CreateBatchesAsync(service.Port, 4, Warm, Timer);
        raw.Measure(Warm);

        var rounds = new List<(double Rate, double Ceiling)>();
        var (used, usedByRaw) = (new ProcessorUse(service), new ProcessorUse(null));
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await usedByRaw.DuringAsync(() => Task.FromResult(raw.Measure(Count)));
            List<byte[]> batches = [.. Load.Batches(Count, Timer)];
            rounds.Add((await used.DuringAsync(() => SendAsync(service.Port, batches)), ceiling));
        }

        Figures.Beside("creates in batches of 1,000", "SQLite alone", rounds);
        used.Print("a create", Count * Rounds);
        usedByRaw.Print("SQLite alone", Count * Rounds);
        Figures.Print("  stored", $"{service.StoredBytes() / ((Count * Rounds) + (double)Warm):N0} bytes a timer, log included");
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    private static async Task<double> SendAsync(int port, List<byte[]> batches)
    {
        var watch = Stopwatch.StartNew();
        await Load.SendBatchesAsync(port, 4, batches);
        return Count / watch.Elapsed.TotalSeconds;
    }
}
