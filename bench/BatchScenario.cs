using System.Diagnostics;

namespace Bench;

/// <summary>Batches of a thousand over four connections; in turn with the same rows straight into SQLite.</summary>
internal static class BatchScenario
{
    private const int Rounds = 5;
    private const int Count = 100_000;

    /// <summary>Until the compiler has done with what runs often; the raw file gets as many rows, so that both grow alike.</summary>
    private const int Warm = 1_000_000;

    public static async Task RunAsync()
    {
        using var raw = new BatchCeiling();
        await using var service = await ServiceProcess.StartNewAsync();
        var now = TimeProvider.System.GetUtcNow().AddHours(1);
        string Timer(int i) => Load.Timer("http://127.0.0.1:9/hook", now.AddSeconds(BatchCeiling.Spread(i)));
        await Load.CreateBatchesAsync(service.Port, 4, Warm, Timer);
        raw.Measure(Warm);

        var rounds = new List<(double Rate, double Ceiling)>();
        var processor = service.ProcessorTime();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = raw.Measure(Count);
            List<byte[]> batches = [.. Enumerable.Range(0, Count / 1_000).Select(batch => Load.Batch(batch * 1_000, (batch + 1) * 1_000, Timer))];
            var watch = Stopwatch.StartNew();
            await Load.SendBatchesAsync(service.Port, 4, batches);
            rounds.Add((Count / watch.Elapsed.TotalSeconds, ceiling));
        }

        Figures.Beside("creates in batches of 1,000", "SQLite alone", rounds);
        Figures.Print("  processor time a create", $"{(service.ProcessorTime() - processor).TotalMicroseconds / Count / Rounds:N1} µs");
        Figures.Print("  stored", $"{service.StoredBytes() / ((Count * Rounds) + (double)Warm):N0} bytes a timer, log included");
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }
}
