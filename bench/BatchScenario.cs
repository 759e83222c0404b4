using System.Diagnostics;

namespace Bench;

/// <summary>Batches of a thousand over four connections.</summary>
internal static class BatchScenario
{
    private const int Count = 400_000;

    public static async Task RunAsync()
    {
        var ceiling = BatchCeiling.Measure(Count);
        await using var service = await ServiceProcess.StartNewAsync();
        var now = TimeProvider.System.GetUtcNow().AddHours(1);
        string Timer(int i) => Load.Timer("http://127.0.0.1:9/hook", now.AddSeconds(i % 2_592_000));
        await Load.CreateBatchesAsync(service.Port, 4, 50_000, Timer);
        var watch = Stopwatch.StartNew();
        var processor = service.ProcessorTime();
        await Load.CreateBatchesAsync(service.Port, 4, Count, Timer);
        Figures.Rate("creates in batches of 1,000", Count, watch.Elapsed);
        Figures.Ratio("  beside SQLite alone, a second", Count / watch.Elapsed.TotalSeconds, ceiling);
        Figures.Print("  processor time a create", $"{(service.ProcessorTime() - processor).TotalMicroseconds / Count:N1} µs");
        Figures.Print("  stored", $"{service.StoredBytes() / (Count + 50_000.0):N0} bytes a timer, log included");
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }
}
