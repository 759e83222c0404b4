using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>Creates through Kafka, single ones and batches, in turn with a bare producer of the same messages.</summary>
internal static class ClusterCreates
{
    private const int Rounds = 5;

    /// <summary>Single creates under way at once: as many messages of the bare producer.</summary>
    private const int Connections = 64;

    /// <summary>Batches under way at once.</summary>
    private const int BatchConnections = 4;

    private const int Batched = 50_000;

    /// <summary>Of the bare producer, which is that much faster: a round should take a second.</summary>
    private const int BareBatched = 4 * Batched;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    /// <summary>Until the compiler has done with what runs often.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(ServiceProcess producer, ServiceProcess consumer)
    {
        using var bare = new KafkaCeiling(ClusterEngines.Kafka, ClusterEngines.Prefix("alone"));
        await CreateSinglyAsync(producer, consumer, bare);
        await CreateInBatchesAsync(producer, bare);
    }

    /// <summary>Until a timer that is created now has fired: then all before it, on its partition at least, are stored.</summary>
    public static async Task AppliedAsync(int port)
    {
        using var receiver = new BenchReceiver();
        await Load.CreateBatchesAsync(port, 1, 1_000, _ => Load.Timer(receiver.Url, TimeProvider.System.GetUtcNow()));
        await Load.WaitForAsync(() => receiver.Count >= 1_000, TimeSpan.FromMinutes(5));
    }

    private static async Task CreateSinglyAsync(ServiceProcess producer, ServiceProcess consumer, KafkaCeiling bare)
    {
        var requests = Load.Singles(10_000);
        await Load.SendForAsync(producer.Port, Connections, Warm, requests);
        await AppliedAsync(producer.Port);
        await bare.SendForAsync(Time, Connections);

        var rounds = new List<(double Rate, double Ceiling)>();
        var processor = (Producer: producer.ProcessorTime(), Consumer: consumer.ProcessorTime());
        var count = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await bare.SendForAsync(Time, Connections);
            var watch = Stopwatch.StartNew();
            var created = await Load.SendForAsync(producer.Port, Connections, Time, requests);
            rounds.Add((created / watch.Elapsed.TotalSeconds, ceiling));
            count += created;

            // What the Consumer has left to do would else be done beside the bare producer.
            await AppliedAsync(producer.Port);
        }

        Figures.Beside($"creates through Kafka, {Connections} connections", "a bare producer", rounds);
        Figures.Print("  processor time a create", string.Create(
            CultureInfo.InvariantCulture,
            $"{(producer.ProcessorTime() - processor.Producer).TotalMicroseconds / count:N1} µs "
                + $"Producer, {(consumer.ProcessorTime() - processor.Consumer).TotalMicroseconds / count:N1} µs Consumer"));
    }

    private static async Task CreateInBatchesAsync(ServiceProcess producer, KafkaCeiling bare)
    {
        await SendAsync(producer.Port, Batched);
        await bare.SendBatchesAsync(BareBatched, BatchConnections);
        var rounds = new List<(double Rate, double Ceiling)>();
        var stored = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var ceiling = await bare.SendBatchesAsync(BareBatched, BatchConnections);
            var (accepted, applied) = await SendAsync(producer.Port, Batched);
            rounds.Add((accepted, ceiling));
            stored.Add(applied);
        }

        Figures.Beside("creates through Kafka, batches of 1,000", "a bare producer", rounds);
        Figures.Rounds("  until all are stored", "/s", stored);
    }

    /// <summary>Sends so many in batches of a thousand.</summary>
    /// <returns>Timers a second until the last is accepted, and until all are stored.</returns>
    public static async Task<(double Accepted, double Applied)> SendAsync(int port, int timers)
    {
        var due = Load.Spread(timers).ToArray();
        List<byte[]> batches = [.. Load.Batches(timers, i => Load.Timer(Load.Nowhere, due[i]))];
        var watch = Stopwatch.StartNew();
        await Load.SendBatchesAsync(port, BatchConnections, batches);
        var accepted = watch.Elapsed;
        await AppliedAsync(port);
        return (timers / accepted.TotalSeconds, timers / watch.Elapsed.TotalSeconds);
    }
}
