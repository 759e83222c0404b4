using System.Diagnostics;

namespace Bench;

/// <summary>What one create costs with ten thousand, a million and five million timers stored, due within 30 days.</summary>
internal static class StoredScenario
{
    private const int Month = 30 * 86_400;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartNewAsync();
        var stored = 0;
        var least = 0.0;
        foreach (var size in new[] { 10_000, 1_000_000, 5_000_000 })
        {
            await FillAsync(service.Port, stored, size);
            var due = TimeProvider.System.GetUtcNow().AddHours(1);

            // Each connection repeats one request; as many days as there are connections, near enough.
            var next = 0;
            string Timer() => Load.Timer("http://127.0.0.1:9/hook", due.AddSeconds(Interlocked.Increment(ref next) % 64 * (Month / 64)));
            await Load.CreateForAsync(service.Port, 64, TimeSpan.FromSeconds(3), Timer);
            var processor = service.ProcessorTime();
            var count = await Load.CreateForAsync(service.Port, 64, Time, Timer);
            var cost = (service.ProcessorTime() - processor).TotalMicroseconds / count;
            stored = size;
            least = least == 0 ? cost : least;
            Figures.Rate($"creates with {size:N0} stored", count, Time);
            Figures.Print("  processor time a create", $"{cost:N1} µs, {cost / least:N2} of that with 10,000");
            Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
        }

        Figures.Print("stored", $"{service.StoredBytes() >> 20} MiB, log included");
    }

    /// <summary>Creates timers in batches until so many are stored, due within 30 days in no order.</summary>
    public static async Task FillAsync(int port, int from, int to)
    {
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        var watch = Stopwatch.StartNew();
        await Load.CreateBatchesAsync(port, 4, to - from, i => Load.Timer("http://127.0.0.1:9/hook", due.AddSeconds((from + i) * 7_919L % Month)));
        Figures.Rate($"  filled up to {to:N0}", to - from, watch.Elapsed);
    }
}
