namespace Bench;

/// <summary>20,000 timers that fell due while the service was down; alternates with the same client in a bare loop.</summary>
internal static class DrainScenario
{
    private const int Rounds = 5;
    private const int Count = 20_000;

    public static async Task RunAsync()
    {
        var rounds = new List<Round>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add(await DrainAsync());
        }

        Figures.Rounds("start of an empty handler to ready", " ms", rounds.Select(round => round.Empty.TotalMilliseconds));
        Figures.Rounds("start of the process to ready", " ms", rounds.Select(round => round.Ready.TotalMilliseconds));
        Figures.Rounds("start of the process to firing", " ms", rounds.Select(round => round.Firing.TotalMilliseconds));
        Figures.Rounds("start of firing to the first webhook", " ms", rounds.Select(round => round.First.TotalMilliseconds));
        Figures.Beside("webhooks in a drain, since firing began", "the bare client",
            [.. rounds.Select(round => (Count / round.All.TotalSeconds, round.Ceiling))]);
        Figures.Rounds(
            "webhooks in a drain, since the first", "/s", rounds.Select(round => Count / (round.All - round.First).TotalSeconds));
    }

    private static async Task<Round> DrainAsync()
    {
        var ceiling = await BurstScenario.CeilingAsync();
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
        return new Round(
            empty, ready - started, service.FiringSince - started, receiver.First - service.FiringSince,
            receiver.Last - service.FiringSince, ceiling);
    }

    /// <summary>The start-up time that any program of this kind needs.</summary>
    private static async Task<TimeSpan> StartEmptyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var empty = await ServiceProcess.StartEmptyHandlerAsync();
        return TimeProvider.System.GetElapsedTime(started);
    }

    private sealed record Round(TimeSpan Empty, TimeSpan Ready, TimeSpan Firing, TimeSpan First, TimeSpan All, double Ceiling);
}
