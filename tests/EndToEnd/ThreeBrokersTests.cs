using System.Text;
using Confluent.Kafka;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Tests.Faults;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>Three brokers: of one that is lost nobody notices.</summary>
[Parallelizable]
[Category(FaultReport.Category)]
public sealed class ThreeBrokersTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(90);

    /// <summary>Until its partitions have other leaders, and a group that it looked after has found together again.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(20);

    private Cluster cluster = null!;

    [OneTimeSetUp]
    public async Task Start() => cluster = await Cluster.StartAsync(each: 1, brokers: 3);

    [OneTimeTearDown]
    public async Task Stop() => await cluster.DisposeAsync();

    /// <summary>As while publications wait for a lost replica: a connection's later requests are answered after them.</summary>
    [Test]
    [Order(1)]
    public async Task Brokers_whose_connections_to_the_producer_are_silent_are_reached()
    {
        var log = new KeptLog<KafkaProbe>();
        await using var host = await KafkaHost.StartPublisherAsync(cluster.Kafka!.Uri, prefix: string.Empty);
        using var connected = Client(cluster.Kafka.Uri);
        using var silent = Client("127.0.0.1:9");
        using var probe = new KafkaProbe(
            host.Services.GetRequiredService<KafkaTopics>(), host.Services.GetRequiredService<KafkaClients>(), TimeProvider.System, log);
        var asked = 0;
        probe.Start(() => Interlocked.Increment(ref asked) == 1 ? connected.Handle : silent.Handle, () => (0, 1));
        await Eventually.That(() => probe.IsReachable, MaxWait, "the brokers are found");

        await Eventually.That(() => Volatile.Read(ref asked) > 8, MaxWait, "they are asked again and again");

        Assert.That(log.Text, Does.Not.Contain("cannot be reached"));
        await probe.StopAsync(default);
    }

    [Test]
    [Order(2)]
    public async Task One_of_three_brokers_killed_while_timers_are_created_refuses_none_and_loses_none()
    {
        await using var receiver = await Receiver.StartAsync();
        var journal = new Journal(cluster.Http);
        var creating = journal.CreateAsync(2_000, _ => new { url = receiver.At("/hook"), delay = "PT1S" });
        await Eventually.That(() => journal.Count > 500, MaxWait, "creates flow");

        var killedAt = TimeProvider.System.GetUtcNow();
        cluster.Kafka!.Kill(broker: 2);
        var kill = new Fault("a broker", killedAt, TimeProvider.System.GetUtcNow(), Doubt.Nothing) { Recovery = Recovery };
        await creating;

        Assert.That((journal.Count, journal.Refused.Count, journal.Unknown.Count), Is.EqualTo((2_000, 0, 0)), cluster.Output);
        await journal.DeliveredAsync(receiver, MaxWait);
        var acknowledged = journal.Acknowledged.Select(timer => timer.Id!).ToHashSet();
        var onTheLog = KafkaHost.ReadAll(cluster.Kafka.Uri, "timers").Select(record => Encoding.UTF8.GetString(record.Message.Key));
        Assert.That(onTheLog.Where(acknowledged.Contains), Is.EquivalentTo(acknowledged), "each one once");
        FaultReport.Check("(1) one of three brokers killed", "cluster", 1, journal.Evidence(receiver, kill));
    }

    private static IProducer<Null, Null> Client(string uri) =>
        new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = uri }).SetLogHandler((_, _) => { }).Build();
}
