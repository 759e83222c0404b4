namespace Bench;

/// <summary>64 connections, touches of 10,000 timers in rotation; alternates with single creates.</summary>
internal static class TouchScenario
{
    private const int Rounds = 5;
    private const int Timers = 10_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>Length of the warm-up, in which the JIT optimises the hot paths.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(15);

    public static async Task RunAsync()
    {
        await using var service = await ServiceProcess.StartNewAsync();
        await Load.CreateBatchesAsync(
            service.Port, 4, Timers, i => $$"""{"id":"touched-{{i}}","url":"{{Load.Nowhere}}","delay":"PT1H","maxDelay":"P1D"}""");
        byte[][] touches =
        [
            .. Enumerable.Range(0, Timers).Select(i => RawClient.Post($"/api/v1/timers/touched-{i}/touch", string.Empty)),
        ];
        var creates = Load.Singles(Timers);
        Task<int> SendAsync(byte[][] requests, TimeSpan time) => Load.SendForAsync(service.Port, 64, time, requests);
        await SendAsync(touches, Warm);
        await SendAsync(creates, Warm);

        var rounds = new List<(double Rate, double Ceiling)>();
        var (used, usedByCreates) = (new ProcessorUse(service), new ProcessorUse(service));
        var (count, created) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var ofCreates = await usedByCreates.DuringAsync(() => SendAsync(creates, Time));
            var ofTouches = await used.DuringAsync(() => SendAsync(touches, Time));
            rounds.Add((ofTouches / Time.TotalSeconds, ofCreates / Time.TotalSeconds));
            count += ofTouches;
            created += ofCreates;
        }

        Figures.Beside("touches, 64 connections", "creates", rounds);
        used.Print("a touch", count);
        usedByCreates.Print("a create", created);
    }
}
