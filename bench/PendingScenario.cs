namespace Bench;

/// <summary>
/// A million pending timers: how much memory and disk they take, and whether other timers are still punctual; before and after a restart.
/// </summary>
internal static class PendingScenario
{
    private const int Count = 1_000_000;

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartNewAsync();
        await PunctualityScenario.MeasureAsync("lateness at 1,000/s, none pending", service.Port, 1_000);
        await StoredScenario.FillAsync(service.Port, 0, Count);
        await TellAsync(service, "a million pending");
        await service.StopAsync();
        await service.StartAsync();
        await TellAsync(service, "after a restart");
    }

    private static async Task TellAsync(ServiceProcess service, string when)
    {
        Figures.Print($"resident, {when}", $"{service.ResidentBytes() >> 20} MiB");
        await PunctualityScenario.MeasureAsync($"lateness at 1,000/s, {when}", service.Port, 1_000);
        Figures.Print("  resident afterwards", $"{service.ResidentBytes() >> 20} MiB");
        Figures.Print("  on disk", $"{service.StoredBytes() / (double)Count:N0} bytes a timer, log included");
    }
}
