using System.Diagnostics;

namespace Bench;

/// <summary>What a create costs with one million and with five million timers stored, alternating with ten thousand.</summary>
/// <remarks>
/// All timers, including the measured ones, are due within 30 days in scrambled order: each insert goes to its own place in the index.
/// </remarks>
internal static class StoredScenario
{
    private const int Rounds = 5;
    private const int Month = 30 * 86_400;
    private const int Few = 10_000;
    private const int Connections = 64;

    /// <summary>Small enough that the small store is still small after all rounds.</summary>
    private const int RoundCount = 10_000;

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartNewAsync();
        await WarmAsync(service);
        var stored = Few;
        foreach (var size in new[] { 1_000_000, 5_000_000 })
        {
            await FillAsync(service.Port, stored, size);
            stored = size;
            await CompareAsync(service, size);
        }

        Figures.Print("stored", $"{service.StoredBytes() >> 20} MiB, log included");
    }

    /// <summary>Creates timers in batches until <paramref name="to"/> are stored, due within 30 days in scrambled order.</summary>
    public static async Task FillAsync(int port, int from, int to)
    {
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        var watch = Stopwatch.StartNew();
        await Load.CreateBatchesAsync(port, 4, to - from, i => Load.Timer(Load.Nowhere, due.AddSeconds((from + i) * 7_919L % Month)));
        Figures.Rate($"  filled up to {to:N0}", to - from, watch.Elapsed);
    }

    private static async Task CompareAsync(ServiceProcess service, int size)
    {
        await using var small = await ServiceProcess.StartNewAsync();
        await WarmAsync(small);

        // Over all rounds rather than in each: work that a round leaves for later (checkpoints of the log) counts, too.
        var processor = (Large: service.ProcessorTime(), Small: small.ProcessorTime());
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var requests = Load.Singles(RoundCount);
            var few = await MeasureAsync(small.Port, requests);
            rounds.Add((await MeasureAsync(service.Port, requests), few));
        }

        var cost = (
            Large: (service.ProcessorTime() - processor.Large).TotalMicroseconds / (Rounds * RoundCount),
            Small: (small.ProcessorTime() - processor.Small).TotalMicroseconds / (Rounds * RoundCount));
        Figures.Beside($"creates with {size:N0} stored", $"{Few:N0}", rounds);
        Figures.Print("  processor time a create", $"{cost.Large:N1} µs, {cost.Large / cost.Small:N2} of that with {Few:N0}");
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    /// <summary>Stores the first timers, with pauses in which the JIT compiles what the requests have made hot.</summary>
    private static async Task WarmAsync(ServiceProcess service)
    {
        for (var i = 0; i < 10; i++)
        {
            await Load.SendAsync(service.Port, Connections, Load.Singles(Few / 10));
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<double> MeasureAsync(int port, byte[][] requests)
    {
        var watch = Stopwatch.StartNew();
        await Load.SendAsync(port, Connections, requests);
        return requests.Length / watch.Elapsed.TotalSeconds;
    }
}
