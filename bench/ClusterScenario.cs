using System.Diagnostics;
using System.Globalization;
using Contracts.Timers;

namespace Bench;

/// <summary>The three programs on real engines, named by TEST_KAFKA, TEST_MONGO and TEST_REDIS.</summary>
internal static class ClusterScenario
{
    private const int Rounds = 5;
    private const int Fires = 10_000;

    /// <summary>Part of a core that each Runner is held to where one is compared with two.</summary>
    private const double Part = 0.1;

    /// <summary>Beyond what goes before others, so that all of them take the same way.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(3);

    /// <summary>A Runner that stands for longer has lost its lease, and first has to get another one.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        if (new[] { "TEST_KAFKA", "TEST_MONGO", "TEST_REDIS" }.FirstOrDefault(name => Address(name) is null) is { } missing)
        {
            Figures.Print("skipped", $"{missing} names no engine");
            return;
        }

        var settings = Settings();
        using var store = new ClusterStore(Mongo());
        await using var producer = await ServiceProcess.StartProgramAsync("Producer", settings);
        await using var consumer = await ServiceProcess.StartProgramAsync("Consumer", settings);
        await using var runner = await ServiceProcess.StartProgramAsync("Runner", settings);
        await WarmAsync(producer.Port);

        await CreateAsync(producer, consumer);
        await PunctualityScenario.MeasureAsync("lateness at 500/s", producer.Port, 500);
        await FireBesideStoreAsync(producer.Port, store, runner);

        using var limits = new ProcessorLimits(Part);
        if (!limits.Work)
        {
            Figures.Print("one Runner and two, each on part of a core", "skipped: control groups cannot be made");
            return;
        }

        // Both are warm before they are held: a process that starts on a tenth of a core does nothing else for half a minute.
        var other = await ServiceProcess.StartProgramAsync("Runner", settings);
        await Task.Delay(TimeSpan.FromSeconds(10));
        await FireRoundsAsync("fires, two Runners", producer.Port, store, runner, other);
        limits.Hold(runner.Id);
        limits.Hold(other.Id);
        var both = await FireRoundsAsync($"fires, two on {Part} cores each", producer.Port, store, runner, other);
        await other.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(15));
        var one = await FireRoundsAsync("fires, one of them left", producer.Port, store, runner);
        Figures.Print("  what the other adds", string.Create(CultureInfo.InvariantCulture, $"{both / one:N2} times as many"));
    }

    private static async Task<double> FireRoundsAsync(string what, int port, ClusterStore store, params ServiceProcess[] runners)
    {
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(await FireAsync(port, store, runners));
        }

        return Figures.Rounds(what, "/s", rates);
    }

    private static async Task FireBesideStoreAsync(int port, ClusterStore store, ServiceProcess runner)
    {
        using var alone = new ClusterStore(Mongo("alone"));
        await alone.MeasureAsync(Fires);
        await FireAsync(port, store, runner);
        var rounds = new List<(double Rate, double Ceiling)>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await alone.MeasureAsync(Fires);
            rounds.Add((await FireAsync(port, store, runner), ceiling));
        }

        Figures.Beside("fires, one Runner", "the store's claims and outcomes alone", rounds);
    }

    private static async Task CreateAsync(ServiceProcess producer, ServiceProcess consumer)
    {
        var due = TimeProvider.System.GetUtcNow().AddHours(2);
        string Timer() => Load.Timer("http://127.0.0.1:9/hook", due);
        var requests = Load.Singles(10_000);
        await Load.SendForAsync(producer.Port, 64, TimeSpan.FromSeconds(25), requests);
        var watch = Stopwatch.StartNew();
        var processor = (producer.ProcessorTime(), consumer.ProcessorTime());
        var count = await Load.SendForAsync(producer.Port, 64, TimeSpan.FromSeconds(10), requests);
        Figures.Rate("creates through Kafka, 64 connections", count, watch.Elapsed);
        Figures.Print(
            "  processor time a create",
            $"{(producer.ProcessorTime() - processor.Item1).TotalMicroseconds / count:N1} µs Producer, {(consumer.ProcessorTime() - processor.Item2).TotalMicroseconds / count:N1} µs Consumer");
        watch.Restart();
        await Load.CreateBatchesAsync(producer.Port, 4, 100_000, _ => Timer());
        Figures.Rate("creates through Kafka, batches of 1,000", 100_000, watch.Elapsed);
        await AppliedAsync(producer.Port);
        Figures.Rate("  until all are stored", 100_000, watch.Elapsed);
    }

    /// <summary>Until a timer that is created now has fired: then all before it, on its partition at least, are stored.</summary>
    private static async Task AppliedAsync(int port)
    {
        using var receiver = new BenchReceiver();
        await Load.CreateBatchesAsync(port, 1, 1_000, _ => Load.Timer(receiver.Url, TimeProvider.System.GetUtcNow()));
        await Load.WaitForAsync(() => receiver.Count >= 1_000, TimeSpan.FromMinutes(5));
    }

    /// <summary>The first requests of a process pay for its start, and groups settle.</summary>
    private static async Task WarmAsync(int port)
    {
        await AppliedAsync(port);
        await AppliedAsync(port);
    }

    /// <summary>Timers that are all overdue when the Runners go on: from before the first claim until the last outcome is stored.</summary>
    /// <remarks>What a Runner claims ahead, and what it has sent but not recorded, would flatter it.</remarks>
    private static async Task<double> FireAsync(int port, ClusterStore store, params ServiceProcess[] runners)
    {
        while (true)
        {
            using var receiver = new BenchReceiver();
            var stood = await StoreOverdueAsync(port, store, receiver, runners);
            var watch = Stopwatch.StartNew();
            Array.ForEach(runners, runner => runner.Resume());
            await Load.WaitForAsync(() => receiver.Count >= Fires, TimeSpan.FromMinutes(3));
            await Load.WaitForAsync(async () => !await store.IsAnyClaimedAsync(), TimeSpan.FromMinutes(1));
            if (stood < LongestPause)
            {
                return Fires / watch.Elapsed.TotalSeconds;
            }

            Figures.Print("once more", $"the Runners stood for {stood.TotalSeconds:N1} s, longer than their leases last");
        }
    }

    /// <returns>How long the Runners have stood still.</returns>
    private static async Task<TimeSpan> StoreOverdueAsync(int port, ClusterStore store, BenchReceiver receiver, ServiceProcess[] runners)
    {
        var due = Instants.CeilingToMilliseconds(TimeProvider.System.GetUtcNow() - Overdue);
        List<byte[]> batches = [.. Load.Batches(Fires, _ => Load.Timer(receiver.Url, due))];
        var watch = Stopwatch.StartNew();
        Array.ForEach(runners, runner => runner.Pause());
        await Load.SendBatchesAsync(port, 2, batches);
        await Load.WaitForAsync(async () => await store.CountDueAsync(due) == Fires, TimeSpan.FromMinutes(1));
        return watch.Elapsed;
    }

    private static string[] Settings() =>
    [
        "--ConnectionStrings:Kafka", Address("TEST_KAFKA")!,
        "--ConnectionStrings:MongoDb", Mongo(),
        "--ConnectionStrings:Redis", Address("TEST_REDIS")!,
        "--Kafka:TopicPrefix", $"bench{Environment.ProcessId}.",
    ];

    private static string Mongo(string suffix = "")
    {
        var server = new UriBuilder(Address("TEST_MONGO")!) { Path = $"/bench{Environment.ProcessId}{suffix}" };
        return server.Uri.ToString();
    }

    private static string? Address(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : null;
}
