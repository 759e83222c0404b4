namespace Bench;

/// <summary>1,000 timers a second for 20 s, alone and while 2,000 creates a second run.</summary>
internal static class PunctualityScenario
{
    private const int Count = 20_000;

    public static async Task RunAsync()
    {
        await RunAsync("lateness at 1,000/s", creates: false);
        await RunAsync("lateness at 1,000/s, 2,000 creates/s", creates: true);
    }

    private static async Task RunAsync(string what, bool creates)
    {
        using var receiver = new BenchReceiver();
        await using var service = await ServiceProcess.StartNewAsync();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await Load.CreateBatchesAsync(service.Port, 2, Count, i => Load.Timer(receiver.Url, start.AddMilliseconds(i)));
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > start, TimeSpan.FromSeconds(10));
        var processor = service.ProcessorTime();
        var creating = creates ? CreateSteadilyAsync(service.Port, TimeSpan.FromSeconds(19)) : Task.CompletedTask;
        await Load.WaitForAsync(() => receiver.Count >= Count, TimeSpan.FromSeconds(60));
        await creating;
        Figures.Lateness(what, receiver.Lateness());
        Figures.Print("  processor time of the service", $"{(service.ProcessorTime() - processor).TotalSeconds:N2} s in 20 s");
    }

    private static async Task CreateSteadilyAsync(int port, TimeSpan time)
    {
        var far = TimeProvider.System.GetUtcNow().AddHours(5);
        var request = RawClient.Post("/api/v1/timers", Load.Timer("http://127.0.0.1:9/hook", far));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var clients = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = new RawClient();
            await client.ConnectAsync(port);
            clients.Add(client);
        }

        var end = TimeProvider.System.GetUtcNow() + time;
        while (TimeProvider.System.GetUtcNow() < end && await tick.WaitForNextTickAsync())
        {
            await Task.WhenAll(clients.Select(client => client.SendAsync(request)));
        }

        clients.ForEach(client => client.Dispose());
    }
}
