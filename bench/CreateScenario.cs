namespace Bench;

/// <summary>64 connections, one timer a request; beside it an empty handler in the same Kestrel.</summary>
internal static class CreateScenario
{
    public static async Task RunAsync()
    {
        var ceiling = await CeilingAsync();
        await using var service = await ServiceProcess.StartNewAsync();
        var due = TimeProvider.System.GetUtcNow().AddHours(2);
        string Timer() => Load.Timer("http://127.0.0.1:9/hook", due);
        await Load.CreateForAsync(service.Port, 64, TimeSpan.FromSeconds(3), Timer);
        var processor = service.ProcessorTime();
        var count = await Load.CreateForAsync(service.Port, 64, TimeSpan.FromSeconds(10), Timer);
        Figures.Rate("creates, 64 connections", count, TimeSpan.FromSeconds(10));
        Figures.Ratio("  beside an empty handler", count, ceiling);
        Figures.Print("  processor time a create", $"{(service.ProcessorTime() - processor).TotalMicroseconds / count:N1} µs");
        Figures.Print("  resident", $"{service.ResidentBytes() >> 20} MiB");
    }

    private static async Task<int> CeilingAsync()
    {
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        string Timer() => Load.Timer("http://127.0.0.1:9/hook", TimeProvider.System.GetUtcNow());
        await Load.CreateForAsync(empty.Port, 64, TimeSpan.FromSeconds(3), Timer);
        return await Load.CreateForAsync(empty.Port, 64, TimeSpan.FromSeconds(10), Timer);
    }
}
