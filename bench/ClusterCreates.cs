using System.Diagnostics;
using System.Globalization;

namespace Bench;

/// <summary>Creates through Kafka, singly and in batches, alternating with a bare producer of the same messages.</summary>
internal static class ClusterCreates
{
    private const int Rounds = 5;

    /// <summary>Single creates in flight at once; the bare producer has as many messages in flight.</summary>
    private const int Connections = 64;

    /// <summary>Batches in flight at once.</summary>
    private const int BatchConnections = 4;

    private const int Batched = 50_000;

    /// <summary>Messages in a round of the bare producer, which is that much faster: a round should take a second.</summary>
    private const int BareBatched = 4 * Batched;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    /// <summary>Length of the warm-up, in which the JIT optimises the hot paths.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(ServiceProcess producer, ServiceProcess consumer)
    {
        using var bare = new KafkaCeiling(ClusterEngines.Kafka, ClusterEngines.Prefix("alone"));
        await CreateSinglyAsync(producer, consumer, bare);
        await CreateInBatchesAsync(producer, bare);
    }

    /// <summary>
    /// Waits until timers created now have fired: by then all earlier ones, at least those on the same partitions, are stored.
    /// </summary>
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

            // The Consumer's remaining work would otherwise run during the bare producer's round.
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

    /// <summary>Creates <paramref name="timers"/> timers in batches of a thousand.</summary>
    /// <returns>Timers per second until the last one is accepted, and until all are stored.</returns>
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
