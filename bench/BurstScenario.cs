using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>20,000 timers due at the same instant, alternating with the same client in a bare loop.</summary>
internal static class BurstScenario
{
    private const int Rounds = 5;
    private const int Count = 20_000;

    public static async Task RunAsync()
    {
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await CeilingAsync();
            using var receiver = new BenchReceiver();
            await using var service = await ServiceProcess.StartNewAsync();

            // Warm-up: the first requests of a process also pay for its start.
            await Load.CreateBatchesAsync(service.Port, 2, 2_000, _ => Load.Timer(receiver.Url, TimeProvider.System.GetUtcNow()));
            await Load.WaitForAsync(() => receiver.Count == 2_000, TimeSpan.FromSeconds(30));

            var due = TimeProvider.System.GetUtcNow().AddSeconds(4);
            await Load.CreateBatchesAsync(service.Port, 2, Count, _ => Load.Timer(receiver.Url, due));
            await Load.WaitForAsync(() => receiver.Count == Count + 2_000, TimeSpan.FromSeconds(60));
            rounds.Add((Count / (receiver.Last - due).TotalSeconds, ceiling));
        }

        Figures.Beside("webhooks in a burst", "the bare client", rounds);
    }

    /// <summary>Measures the bare client alone.</summary>
    /// <returns>Requests per second.</returns>
    public static async Task<double> CeilingAsync()
    {
        using var receiver = new BenchReceiver();
        using var client = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(Ceilings).Assembly.Location, Ceilings.BareClient, receiver.Url, $"{Count * 4}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var seconds = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return Count * 4 / double.Parse(seconds, CultureInfo.InvariantCulture);
    }
}
