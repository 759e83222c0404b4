using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>
/// Compares this build with another one in alternating rounds, both running throughout: shows what a change cost or gained.
/// </summary>
/// <remarks>
/// A single run of each says little: on a shared machine the same program's figures have differed by a quarter from one minute to the next.
/// Here each round of one build is followed by the same round of the other; which one goes first alternates, and what counts is the ratio
/// within each pair.
/// </remarks>
internal static class Against
{
    private const int Pairs = 7;
    private const int Connections = 64;
    private const int Batched = 50_000;
    private const int Due = 20_000;
    private const int WarmBursts = 12;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>Length of one warm-up, in which the JIT optimises the hot paths; each build is warmed up twice.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(40);

    /// <param name="build">Output folder of the other build's bench.</param>
    /// <param name="figures">
    /// Which figures to measure: <c>embedded</c> and <c>cluster</c>, both when empty, or of these only <c>bursts</c> and
    /// <c>cluster-bursts</c>.
    /// </param>
    public static async Task RunAsync(string build, string[] figures)
    {
        if (figures is [] || figures.Contains("embedded"))
        {
            await RunEmbeddedAsync(build);
        }

        if (figures.Contains("bursts"))
        {
            Console.WriteLine("== bursts, against another build");
            await using var other = new Side(await ServiceProcess.StartBuildAsync(build, "Standalone"));
            await using var service = new Side(await ServiceProcess.StartNewAsync());
            await CompareBurstsAsync(other, service);
        }

        if (figures.Contains("cluster-bursts"))
        {
            Console.WriteLine("== bursts on the cluster, against another build");
            await using var other = await StartClusterAsync(build, "other");
            await using var service = await StartClusterAsync(AppContext.BaseDirectory, "this");
            await CompareBurstsAsync(other, service);
        }

        if (figures is [] || figures.Contains("cluster"))
        {
            await RunClusterAsync(build);
        }
    }

    private static async Task RunEmbeddedAsync(string build)
    {
        Console.WriteLine("== embedded, against another build");
        await using var other = new Side(await ServiceProcess.StartBuildAsync(build, "Standalone"));
        await using var service = new Side(await ServiceProcess.StartNewAsync());
        await CompareSinglesAsync("creates", other, service);
        await CompareAsync(
            "creates in batches", async side => (await ClusterCreates.SendAsync(side.Port, Batched)).Accepted, other, service);
        await CompareFiresAsync(other, service, 1_000);
    }

    private static async Task RunClusterAsync(string build)
    {
        Console.WriteLine("== cluster, against another build");
        if (ClusterEngines.Missing is { } missing)
        {
            Figures.Print("skipped", $"{missing} names no engine");
            return;
        }

        await using var other = await StartClusterAsync(build, "other");
        await using var service = await StartClusterAsync(AppContext.BaseDirectory, "this");
        await CompareSinglesAsync("creates through Kafka", other, service);
        var applied = new Dictionary<Side, List<double>> { [other] = [], [service] = [] };
        await CompareAsync("creates through Kafka in batches", SendAsync, other, service);
        Compare("  until all are stored", applied[other], applied[service]);
        await CompareFiresAsync(other, service, 500);

        async Task<double> SendAsync(Side side)
        {
            var rates = await ClusterCreates.SendAsync(side.Port, Batched);
            applied[side].Add(rates.Applied);
            return rates.Accepted;
        }
    }

    private static async Task<Side> StartClusterAsync(string build, string installation)
    {
        var settings = ClusterEngines.Settings(installation);
        var programs = new List<ServiceProcess>();
        foreach (var program in new[] { "Producer", "Consumer", "Runner" })
        {
            programs.Add(await ServiceProcess.StartBuildAsync(build, program, settings));
        }

        var side = new Side([.. programs]);
        await ClusterCreates.AppliedAsync(side.Port);
        return side;
    }

    private static async Task CompareSinglesAsync(string what, Side other, Side service)
    {
        var requests = Load.Singles(10_000);
        foreach (var side in new[] { other, service, other, service })
        {
            await Load.SendForAsync(side.Port, Connections, Warm, requests);
            await ClusterCreates.AppliedAsync(side.Port);
        }

        var costs = new Dictionary<Side, List<TimeSpan[]>> { [other] = [], [service] = [] };
        await CompareAsync(what, CreateAsync, other, service);
        for (var who = 0; who < service.Names.Length; who++)
        {
            CompareCosts($"  processor time, {service.Names[who]}", costs[other], costs[service], who);
        }

        async Task<double> CreateAsync(Side side)
        {
            var before = side.ProcessorTimes();
            var watch = Stopwatch.StartNew();
            var created = await Load.SendForAsync(side.Port, Connections, Time, requests);
            var rate = created / watch.Elapsed.TotalSeconds;

            // Work left over from this round would otherwise run during the other build's round.
            await ClusterCreates.AppliedAsync(side.Port);
            costs[side].Add([.. side.ProcessorTimes().Zip(before, (now, then) => (now - then) / created)]);
            return rate;
        }
    }

    private static async Task CompareFiresAsync(Side other, Side service, int rate)
    {
        await CompareBurstsAsync(other, service);
        var late = new Dictionary<Side, List<double>> { [other] = [], [service] = [] };
        for (var pair = 0; pair < 3; pair++)
        {
            late[other].AddRange(await PunctualityScenario.MeasureAsync(other.Port, rate, 10));
            late[service].AddRange(await PunctualityScenario.MeasureAsync(service.Port, rate, 10));
        }

        Figures.Lateness("lateness, the other", [.. late[other].Order()]);
        Figures.Lateness("lateness, this", [.. late[service].Order()]);
    }

    private static async Task CompareBurstsAsync(Side other, Side service)
    {
        for (var i = 0; i < WarmBursts; i++)
        {
            await FireAsync(other);
            await FireAsync(service);
        }

        var costs = new Dictionary<Side, List<TimeSpan[]>> { [other] = [], [service] = [] };
        await CompareAsync("fires that are due at once", BurstAsync, other, service);
        for (var who = 0; who < service.Names.Length; who++)
        {
            CompareCosts($"  processor time, {service.Names[who]}", costs[other], costs[service], who);
        }

        async Task<double> BurstAsync(Side side)
        {
            var (rate, used) = await FireAsync(side);
            costs[side].Add([.. used.Select(time => time / Due)]);
            return rate;
        }
    }

    /// <returns>
    /// Timers fired per second, counted from the instant at which all are due, and the processor times from then to the last one.
    /// </returns>
    private static async Task<(double Rate, TimeSpan[] Used)> FireAsync(Side side)
    {
        using var receiver = new BenchReceiver();
        var due = Contracts.Common.Instants.CeilingToMilliseconds(TimeProvider.System.GetUtcNow().AddSeconds(6));
        await Load.CreateBatchesAsync(side.Port, 2, Due, _ => Load.Timer(receiver.Url, due));
        await Load.WaitForAsync(() => TimeProvider.System.GetUtcNow() >= due, TimeSpan.FromMinutes(1));
        var before = side.ProcessorTimes();
        await Load.WaitForAsync(() => receiver.Count >= Due, TimeSpan.FromMinutes(2));
        TimeSpan[] used = [.. side.ProcessorTimes().Zip(before, (now, then) => now - then)];

        // Also wait until the outcomes are stored.
        await ClusterCreates.AppliedAsync(side.Port);
        return (Due / (receiver.Last - due).TotalSeconds, used);
    }

    private static async Task CompareAsync(string what, Func<Side, Task<double>> measureAsync, Side other, Side service)
    {
        await measureAsync(other);
        await measureAsync(service);
        var (before, after) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < Pairs; pair++)
        {
            if (pair % 2 == 0)
            {
                before.Add(await measureAsync(other));
                after.Add(await measureAsync(service));
            }
            else
            {
                after.Add(await measureAsync(service));
                before.Add(await measureAsync(other));
            }
        }

        Compare(what, before, after);
    }

    private static void Compare(string what, List<double> before, List<double> after)
    {
        var (others, own) = (before[^Pairs..], after[^Pairs..]);
        var ratios = own.Zip(others, (mine, theirs) => mine / theirs).Order().ToArray();
        Figures.Print(what, string.Create(
            CultureInfo.InvariantCulture,
            $"{Figures.At(ratios, 0.5):N2} ({ratios[0]:N2} to {ratios[^1]:N2}) of the other; "
                + $"this {Median(own):N0}/s, the other {Median(others):N0}/s"));
    }

    private static void CompareCosts(string what, List<TimeSpan[]> before, List<TimeSpan[]> after, int who)
    {
        double Of(List<TimeSpan[]> rounds) => Median([.. rounds[^Pairs..].Select(round => round[who].TotalMicroseconds)]);
        Figures.Print(what, string.Create(CultureInfo.InvariantCulture, $"{Of(after):N1} µs each, the other {Of(before):N1} µs"));
    }

    private static double Median(List<double> values) => Figures.At([.. values.Order()], 0.5);

    /// <summary>The running programs of one build.</summary>
    private sealed class Side(params ServiceProcess[] programs) : IAsyncDisposable
    {
        private readonly Process self = Process.GetCurrentProcess();

        /// <summary>Port of the first program, which accepts the requests.</summary>
        public int Port => programs[0].Port;

        /// <summary>Whose processor times are reported, in the order of <see cref="ProcessorTimes"/>.</summary>
        public string[] Names => programs is [_] ? ["service", "load generator", "others"]
            : ["Producer", "Consumer", "Runner", "load generator", "engines and others"];

        public TimeSpan[] ProcessorTimes()
        {
            self.Refresh();
            TimeSpan[] own = [.. programs.Select(program => program.ProcessorTime()), self.TotalProcessorTime];
            return [.. own, ProcessorUse.Busy() - own.Aggregate((sum, each) => sum + each)];
        }

        public async ValueTask DisposeAsync()
        {
            self.Dispose();
            foreach (var program in programs)
            {
                await program.DisposeAsync();
            }
        }
    }
}
