namespace Bench;

/// <summary>1,000 timers a second for 20 s, alone and while 2,000 creates a second run.</summary>
internal static class PunctualityScenario
{
    private const int Seconds = 20;

    public static async Task RunAsync()
    {
        await RunNewAsync("lateness at 1,000/s", creates: false);
        await RunNewAsync("lateness at 1,000/s, 2,000 creates/s", creates: true);
    }

    /// <summary>Timers that fall due evenly, and how late their webhooks arrive.</summary>
    /// <param name="what">What the figure is called.</param>
    /// <param name="port">Where timers are created.</param>
    /// <param name="rate">Timers a second.</param>
    /// <param name="creates">Whether 2,000 creates a second run beside them.</param>
    public static async Task MeasureAsync(string what, int port, int rate, bool creates = false)
    {
        using var receiver = new BenchReceiver();
        var count = rate * Seconds;
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await Load.CreateBatchesAsync(port, 2, count, i => Load.Timer(receiver.Url, start.AddMilliseconds(i * 1_000L / rate)));
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > start, TimeSpan.FromSeconds(10));
        var creating = creates ? CreateSteadilyAsync(port, TimeSpan.FromSeconds(Seconds - 1)) : Task.FromResult(0);
        await Load.WaitForAsync(() => receiver.Count >= count, TimeSpan.FromSeconds(60));
        var created = await creating;
        Figures.Lateness(what, receiver.Lateness());
        if (creates)
        {
            Figures.Rate("  creates beside it", created, TimeSpan.FromSeconds(Seconds - 1));
        }
    }

    private static async Task RunNewAsync(string what, bool creates)
    {
        await using var service = await ServiceProcess.StartNewAsync();
        var processor = service.ProcessorTime();
        await MeasureAsync(what, service.Port, 1_000, creates);
        Figures.Print("  processor time of the service", $"{(service.ProcessorTime() - processor).TotalSeconds:N2} s in {Seconds + 4} s");
    }

    /// <returns>How many were created: fewer than wanted where the service cannot follow.</returns>
    private static async Task<int> CreateSteadilyAsync(int port, TimeSpan time)
    {
        var far = TimeProvider.System.GetUtcNow().AddHours(5);
        var request = RawClient.Post("/api/v1/timers", Load.Timer(Load.Nowhere, far));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var clients = new List<RawClient>();
        var created = 0;
        for (var i = 0; i < 20; i++)
        {
            var client = new RawClient();
            await client.ConnectAsync(port);
            clients.Add(client);
        }

        var end = TimeProvider.System.GetUtcNow() + time;
        while (TimeProvider.System.GetUtcNow() < end && await tick.WaitForNextTickAsync())
        {
            var statuses = await Task.WhenAll(clients.Select(client => client.SendAsync(request)));
            created += statuses.Count(status => status is 201 or 202);
        }

        clients.ForEach(client => client.Dispose());
        return created;
    }
}
