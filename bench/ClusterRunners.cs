using System.Globalization;

namespace Bench;

/// <summary>What a second Runner adds when each is limited to part of a core: one and two Runners alternate with the store alone.</summary>
/// <remarks>
/// One Runner and two each have their own database and topics, and all three processes run throughout. A second Runner that is started only
/// for its rounds would be cold in them, and shards would be reassigned; paused during the others' rounds, it would lose its lease.
/// </remarks>
internal static class ClusterRunners
{
    /// <summary>Share of a core for each Runner: so small that one Runner stays well below half of what the store can do.</summary>
    private const double Part = 0.04;

    private const int Rounds = 5;
    private const int Fires = 5_000;

    /// <summary>
    /// Warm-up rounds before the limits apply: a process that is JIT-compiled on part of a core does nothing else for minutes.
    /// </summary>
    private const int WarmRounds = 3;

    public static async Task RunAsync(ClusterStore alone)
    {
        if (!ProcessorLimits.Work)
        {
            Figures.Print("one Runner and two, each on part of a core", "skipped: control groups cannot be made");
            return;
        }

        using var storeOfOne = new ClusterStore(ClusterEngines.Database("one"));
        using var storeOfTwo = new ClusterStore(ClusterEngines.Database("two"));
        await using var single = await StartAsync("one");
        await using var first = await StartAsync("two");
        await using var second = await StartAsync("two");
        var one = new ClusterFires(storeOfOne, storeOfOne.AddAsync, single);
        var two = new ClusterFires(storeOfTwo, storeOfTwo.AddAsync, first, second);

        // Time for the two Runners to divide the shards.
        await Task.Delay(TimeSpan.FromSeconds(10));
        for (var round = 0; round < WarmRounds; round++)
        {
            await alone.MeasureAsync(Fires);
            await one.MeasureAsync(Fires);
            await two.MeasureAsync(2 * Fires);
        }

        using var limits = new ProcessorLimits(Part);
        limits.Hold(single.Id);
        limits.Hold(first.Id);
        limits.Hold(second.Id);
        await MeasureAsync(alone, one, two);
    }

    private static async Task MeasureAsync(ClusterStore alone, ClusterFires one, ClusterFires two)
    {
        var rounds = new List<(double One, double Two, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await alone.MeasureAsync(Fires);
            var by = await one.MeasureAsync(Fires);
            rounds.Add((by, await two.MeasureAsync(Fires), ceiling));
        }

        var cores = Part.ToString(CultureInfo.InvariantCulture);
        Figures.Beside($"fires, one Runner on {cores} cores", "the store's claims and outcomes alone",
            [.. rounds.Select(round => (round.One, round.Ceiling))]);
        Figures.Beside($"fires, two on {cores} cores each", "the store's claims and outcomes alone",
            [.. rounds.Select(round => (round.Two, round.Ceiling))]);
        Figures.Times("  two beside one", rounds.Select(round => round.Two / round.One));
    }

    /// <summary>
    /// Starts a Runner that keeps what it has claimed: by default it hands back timers that would wait longer than 5 s at its pace, which
    /// one Runner would do and two would not.
    /// </summary>
    private static Task<ServiceProcess> StartAsync(string installation) => ServiceProcess.StartProgramAsync(
        "Runner", [.. ClusterEngines.Settings(installation), "--Runner:Delivery:MaxWait", "00:01:00"]);
}
