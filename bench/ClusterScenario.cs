namespace Bench;

/// <summary>The three programs on real engines, named by TEST_KAFKA, TEST_MONGO and TEST_REDIS.</summary>
internal static class ClusterScenario
{
    private const int Rounds = 5;
    private const int Fires = 10_000;

    public static async Task RunAsync()
    {
        if (ClusterEngines.Missing is { } missing)
        {
            Figures.Print("skipped", $"{missing} names no engine");
            return;
        }

        using var alone = new ClusterStore(ClusterEngines.Database("alone"));
        await RunProgramsAsync(alone);
        await ClusterRunners.RunAsync(alone);
    }

    private static async Task RunProgramsAsync(ClusterStore alone)
    {
        const string Installation = "all";
        var settings = ClusterEngines.Settings(Installation);
        using var store = new ClusterStore(ClusterEngines.Database(Installation));
        await using var producer = await ServiceProcess.StartProgramAsync("Producer", settings);
        await using var consumer = await ServiceProcess.StartProgramAsync("Consumer", settings);
        await using var runner = await ServiceProcess.StartProgramAsync("Runner", settings);

        // Warm-up: the first requests of a process also pay for its start, and consumer groups need time to settle.
        await ClusterCreates.AppliedAsync(producer.Port);
        await ClusterCreates.AppliedAsync(producer.Port);

        await ClusterCreates.RunAsync(producer, consumer);
        await PunctualityScenario.MeasureAsync("lateness at 500/s", producer.Port, 500);
        await FireBesideStoreAsync(new ClusterFires(store, CreateAsync, runner), alone);

        Task CreateAsync(string url, DateTimeOffset due, int count) =>
            Load.CreateBatchesAsync(producer.Port, 2, count, _ => Load.Timer(url, due));
    }

    private static async Task FireBesideStoreAsync(ClusterFires fires, ClusterStore alone)
    {
        await alone.MeasureAsync(Fires);
        await fires.MeasureAsync(Fires);
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await alone.MeasureAsync(Fires);
            rounds.Add((await fires.MeasureAsync(Fires), ceiling));
        }

        Figures.Beside("fires, one Runner", "the store's claims and outcomes alone", rounds);
    }
}
