namespace Bench;

/// <summary>1,000 timers a second for 20 s, alone and alongside 2,000 creates a second.</summary>
internal static class PunctualityScenario
{
    private const int Seconds = 20;

    public static async Task RunAsync()
    {
        await RunNewAsync("lateness at 1,000/s", creates: false);
        await RunNewAsync("lateness at 1,000/s, 2,000 creates/s", creates: true);
    }

    /// <summary>Creates timers that fall due at an even rate, and measures how late their webhooks arrive.</summary>
    /// <param name="what">Name of the figure.</param>
    /// <param name="port">Where timers are created.</param>
    /// <param name="rate">Timers a second.</param>
    /// <param name="creates">Whether to create another 2,000 timers a second meanwhile.</param>
    public static async Task MeasureAsync(string what, int port, int rate, bool creates = false)
    {
        var creating = Task.FromResult(0);
        var lateness = await MeasureAsync(port, rate, Seconds, () =>
            creating = creates ? CreateSteadilyAsync(port, TimeSpan.FromSeconds(Seconds - 1)) : creating);
        Figures.Lateness(what, lateness);
        if (creates)
        {
            Figures.Rate("  creates beside it", await creating, TimeSpan.FromSeconds(Seconds - 1));
        }
    }

    /// <summary>Does the same for a given number of seconds.</summary>
    /// <param name="port">Where timers are created.</param>
    /// <param name="rate">Timers a second.</param>
    /// <param name="seconds">For how many seconds timers fall due.</param>
    /// <param name="begin">Called when the first timer is due.</param>
    /// <returns>How late each webhook arrived, in milliseconds, sorted.</returns>
    public static async Task<double[]> MeasureAsync(int port, int rate, int seconds, Action? begin = null)
    {
        using var receiver = new BenchReceiver();
        var count = rate * seconds;
        var start = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await Load.CreateBatchesAsync(port, 2, count, i => Load.Timer(receiver.Url, start.AddMilliseconds(i * 1_000L / rate)));
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > start, TimeSpan.FromSeconds(10));
        begin?.Invoke();
        await Load.WaitForAsync(() => receiver.Count >= count, TimeSpan.FromSeconds(seconds + 40));
        return receiver.Lateness();
    }

    private static async Task RunNewAsync(string what, bool creates)
    {
        await using var service = await ServiceProcess.StartNewAsync();
        var processor = service.ProcessorTime();
        await MeasureAsync(what, service.Port, 1_000, creates);
        Figures.Print("  processor time of the service", $"{(service.ProcessorTime() - processor).TotalSeconds:N2} s in {Seconds + 4} s");
    }

    /// <returns>How many were created: fewer than intended if the service cannot keep up.</returns>
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
