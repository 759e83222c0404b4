namespace Bench;

/// <summary>20,000 timers that fell due while the service was down.</summary>
internal static class DrainScenario
{
    private const int Count = 20_000;

    public static async Task RunAsync()
    {
        using var receiver = new BenchReceiver();
        await using var service = await ServiceProcess.StartNewAsync();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await Load.CreateBatchesAsync(service.Port, 2, Count, i => Load.Timer(receiver.Url, due.AddMilliseconds(i % 1000)));
        await service.StopAsync();
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > due.AddSeconds(4), TimeSpan.FromSeconds(30));
        var empty = await StartEmptyAsync();
        var started = TimeProvider.System.GetUtcNow();
        await service.StartAsync();
        var ready = TimeProvider.System.GetUtcNow();
        await Load.WaitForAsync(() => receiver.Count >= Count, TimeSpan.FromSeconds(60));
        Figures.Print("start of an empty handler to ready", $"{empty.TotalMilliseconds:N0} ms");
        Figures.Print("start of the process to ready", $"{(ready - started).TotalMilliseconds:N0} ms");
        Figures.Print("start of the process to the first webhook", $"{(receiver.First - started).TotalMilliseconds:N0} ms");
        Figures.Rate("webhooks in a drain", Count, receiver.Last - receiver.First);
    }

    /// <summary>What any program of this kind takes before it does a thing.</summary>
    private static async Task<TimeSpan> StartEmptyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        return TimeProvider.System.GetElapsedTime(started);
    }
}
