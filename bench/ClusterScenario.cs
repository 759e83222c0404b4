using System.Diagnostics;
using System.Globalization;
using Contracts.Timers;
using Infrastructure.Storage.Mongo;
using Infrastructure.Storage.Mongo.Driver;
using Infrastructure.Storage.Mongo.Timers;

namespace Bench;

/// <summary>The three programs on real engines, named by TEST_KAFKA, TEST_MONGO and TEST_REDIS.</summary>
internal static class ClusterScenario
{
    private const int Burst = 10_000;

    /// <summary>Part of a core that each Runner is held to where one is compared with two.</summary>
    private const double Part = 0.1;

    public static async Task RunAsync()
    {
        if (new[] { "TEST_KAFKA", "TEST_MONGO", "TEST_REDIS" }.FirstOrDefault(name => Address(name) is null) is { } missing)
        {
            Figures.Print("skipped", $"{missing} names no engine");
            return;
        }

        var ceiling = await StoreCeilingAsync();
        var settings = Settings();
        await using var producer = await ServiceProcess.StartProgramAsync("Producer", settings);
        await using var consumer = await ServiceProcess.StartProgramAsync("Consumer", settings);
        await using var runner = await ServiceProcess.StartProgramAsync("Runner", settings);
        await WarmAsync(producer.Port);

        await CreateAsync(producer, consumer);
        await PunctualityScenario.MeasureAsync("lateness at 500/s", producer.Port, 500);
        var rate = await BurstAsync(producer.Port, "webhooks in a burst, one Runner");
        Figures.Ratio("  beside the store's claims and outcomes alone", rate, ceiling);

        using var limits = new ProcessorLimits(Part);
        if (!limits.Work)
        {
            Figures.Print("one Runner and two, each on part of a core", "skipped: control groups cannot be made");
            return;
        }

        // Both are warm before they are held: a process that starts on a tenth of a core does nothing else for half a minute.
        var other = await ServiceProcess.StartProgramAsync("Runner", settings);
        await Task.Delay(TimeSpan.FromSeconds(10));
        for (var round = 0; round < 4; round++)
        {
            await BurstAsync(producer.Port, "webhooks in a burst, two Runners");
        }

        limits.Hold(runner.Id);
        limits.Hold(other.Id);
        var both = await BurstAsync(producer.Port, $"webhooks in a burst, two on {Part} cores each");
        await other.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(15));
        var one = await BurstAsync(producer.Port, "webhooks in a burst, one of them left");
        Figures.Print("  what the other adds", string.Create(CultureInfo.InvariantCulture, $"{both / one:N2} times as many"));
    }

    private static async Task CreateAsync(ServiceProcess producer, ServiceProcess consumer)
    {
        var due = TimeProvider.System.GetUtcNow().AddHours(2);
        string Timer() => Load.Timer("http://127.0.0.1:9/hook", due);
        await Load.CreateForAsync(producer.Port, 64, TimeSpan.FromSeconds(25), Timer);
        var watch = Stopwatch.StartNew();
        var processor = (producer.ProcessorTime(), consumer.ProcessorTime());
        var count = await Load.CreateForAsync(producer.Port, 64, TimeSpan.FromSeconds(10), Timer);
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

    private static async Task<double> BurstAsync(int port, string what)
    {
        using var receiver = new BenchReceiver();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(8);
        await Load.CreateBatchesAsync(port, 2, Burst, _ => Load.Timer(receiver.Url, due));
        await Load.WaitForAsync(() => receiver.Count >= Burst, TimeSpan.FromMinutes(3));
        Figures.Rate(what, Burst, receiver.Last - due);
        return Burst / (receiver.Last - due).TotalSeconds;
    }

    /// <summary>Claims and outcomes of a thousand timers at once, one after the other, and nothing else.</summary>
    private static async Task<double> StoreCeilingAsync()
    {
        var options = new MongoOptions();
        using var connection = new MongoConnection(Mongo(), options, TimeProvider.System);
        using var store = new MongoTimerStore(connection, options, TimeProvider.System);
        var ceiling = await StoreCeilingAsync(connection, store);
        Figures.Print("claims and outcomes of the store alone", string.Create(CultureInfo.InvariantCulture, $"{ceiling:N0}/s"));
        return ceiling;
    }

    private static async Task<double> StoreCeilingAsync(MongoConnection connection, MongoTimerStore store)
    {
        await connection.RunAsync(
            MongoLane.Runner,
            session =>
            {
                MongoTimerSchema.CreateIndexes(session);
                return true;
            },
            default);
        var now = TimeProvider.System.GetUtcNow();
        var spec = new TimerSpec { Url = new Uri("http://127.0.0.1:9/hook") };
        for (var i = 0; i < Burst; i += 1_000)
        {
            await store.AddAsync([.. Enumerable.Range(i, 1_000).Select(_ => new TimerScheduled(Guid.CreateVersion7(), now, now, spec, null))], default);
        }

        var runner = Guid.CreateVersion7();
        var watch = Stopwatch.StartNew();
        var done = 0;
        while (done < Burst)
        {
            var claimed = await store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, now.AddSeconds(1), 1_000, long.MaxValue) { Runner = runner }, default);
            await store.RecordAsync([.. claimed.Select(Succeeded)], default);
            done += claimed.Count;
        }

        return done / watch.Elapsed.TotalSeconds;
    }

    private static AttemptOutcome Succeeded(ClaimedTimer timer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var attempt = new AttemptRecord
        {
            Occurrence = 1,
            Number = 1,
            StartedAt = now,
            Latency = TimeSpan.FromMilliseconds(1),
            Lateness = TimeSpan.Zero,
            Status = 200,
        };
        return new AttemptOutcome(timer.Key, timer.Token, attempt, TimerState.Succeeded, now);
    }

    private static string[] Settings() =>
    [
        "--ConnectionStrings:Kafka", Address("TEST_KAFKA")!,
        "--ConnectionStrings:MongoDb", Mongo(),
        "--ConnectionStrings:Redis", Address("TEST_REDIS")!,
        "--Kafka:TopicPrefix", $"bench{Environment.ProcessId}.",
    ];

    private static string Mongo()
    {
        var server = new UriBuilder(Address("TEST_MONGO")!) { Path = $"/bench{Environment.ProcessId}" };
        return server.Uri.ToString();
    }

    private static string? Address(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : null;
}
