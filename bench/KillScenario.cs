namespace Bench;

/// <summary>How many webhooks a kill repeats: in a burst of 10,000 to a receiver that answers at once, and at 1,000 a second.</summary>
internal static class KillScenario
{
    private const int Rounds = 20;
    private const int Count = 10_000;
    private const int SteadyRate = 1_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        var bursts = new List<(double Repeated, double Rate)>();
        var steady = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var due = TimeSpan.FromSeconds(4);
            bursts.Add(await KillAsync(_ => due, killAt: Count * 3 / 10));

            // Killed after three seconds of firing, at a place that differs from round to round.
            steady.Add((await KillAsync(i => due + TimeSpan.FromSeconds((double)i / SteadyRate), killAt: (3 * SteadyRate) + (37 * round)))
                .Repeated);
        }

        Figures.Rounds("webhooks repeated by a kill in a burst", string.Empty, bursts.Select(burst => burst.Repeated));
        Figures.Rounds("  what the burst delivers in 3 ms", string.Empty, bursts.Select(burst => burst.Rate * 0.003));
        Figures.Rounds($"webhooks repeated by a kill at {SteadyRate:N0}/s", string.Empty, steady);
    }

    /// <summary>Kills the service when so many webhooks have arrived, and lets the next process send the rest.</summary>
    /// <returns>Webhooks beyond one per timer, and the rate at which they arrived until the kill.</returns>
    private static async Task<(double Repeated, double Rate)> KillAsync(Func<int, TimeSpan> due, int killAt)
    {
        using var receiver = new BenchReceiver();
        await using var service = await ServiceProcess.StartNewAsync();

        // Warm-up: the first requests of a process also pay for its start.
        await Load.CreateBatchesAsync(service.Port, 2, 2_000, _ => Load.Timer(receiver.Url, TimeProvider.System.GetUtcNow()));
        await Load.WaitForAsync(() => receiver.Count == 2_000, Limit);

        var start = TimeProvider.System.GetUtcNow();
        await Load.CreateBatchesAsync(service.Port, 2, Count, i => Load.Timer(receiver.Url, start + due(i)));
        var first = start + due(0);
        await Load.WaitForAsync(() => receiver.Count >= 2_000 + killAt, Limit);
        var (killedAt, before) = (TimeProvider.System.GetUtcNow(), receiver.Count - 2_000);
        await service.StopAsync();

        await service.StartAsync();
        await Load.WaitForAsync(() => receiver.Count >= 2_000 + Count, Limit);

        // Repetitions may come after the last of the others.
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() > receiver.Last.AddSeconds(2), Limit);
        return (receiver.Count - 2_000 - Count, before / (killedAt - first).TotalSeconds);
    }
}
