using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>
/// A broker that comes back after a hang answers for a moment that there are no brokers, and librdkafka forgets then all that it knew
/// (its issue 5301).
/// </summary>
[Parallelizable]
public sealed class KafkaFencedBrokerTests
{
    /// <summary>Clients hear of it soon, while they are connected: when all connections are cut, they begin anew by themselves.</summary>
    private const string Asking = ";topic.metadata.refresh.interval.ms=500";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Clients_that_were_told_of_no_brokers_find_them_again()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publishers = new KafkaProxy(uri);
        await using var consumers = new KafkaProxy(uri);
        await using var publisher = await KafkaHost.StartPublisherAsync(publishers.Uri + Asking, prefix, ("DeliveryTimeout", "00:00:04"));
        await using var consumer = await KafkaHost.StartConsumerAsync(consumers.Uri + Asking, prefix, handler);
        await PublishedAndAppliedAsync(publisher, handler, "before");
        Assert.That(await TellsProgressAsync(publisher), Is.True);

        publishers.Fence();
        consumers.Fence();
        // The Consumer's process has two clients.
        await Eventually.That(() => publishers.Told > 0 && consumers.Told > 1, MaxWait, "clients ask");
        await Task.Delay(TimeSpan.FromSeconds(3));
        publishers.Unfence();
        consumers.Unfence();

        await PublishedAndAppliedAsync(publisher, handler, "afterwards");
        await Eventually.That(() => TellsProgressAsync(publisher), MaxWait, "progress is told");
    }

    [TestCase("""{ "b": { "state": "UP", "source": "learned" } }""", true)]
    [TestCase("""{ "b": { "state": "UP", "source": "configured" }, "c": { "state": "INIT", "source": "learned" } }""", true)]
    [TestCase("""{ "b": { "state": "INIT", "source": "learned" } }""", false)]
    [TestCase("""{ "b": { "state": "UP", "source": "logical" }, "c": { "state": "UP", "source": "internal" } }""", false)]
    [TestCase("{}", false)]
    public void Only_connections_that_serve_any_request_count(string brokers, bool hasConnection) =>
        Assert.That(KafkaBrokers.HasConnection($$"""{ "name": "c", "brokers": {{brokers}} }"""), Is.EqualTo(hasConnection));

    private static async Task PublishedAndAppliedAsync(KafkaHost publisher, RecordingHandler handler, string when)
    {
        var timer = ATimer.New().Build();
        await Eventually.That(() => PublishesAsync(publisher, timer), MaxWait, $"a message is published {when}");
        await Eventually.That(
            () => handler.Messages.Any(message => message.TimerId == timer.TimerId), MaxWait, $"it is applied {when}");
    }

    private static async Task<bool> PublishesAsync(KafkaHost host, TimerScheduled timer)
    {
        try
        {
            await host.Publisher.PublishAsync([timer], default);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    private static async Task<bool> TellsProgressAsync(KafkaHost host)
    {
        try
        {
            return await host.Progress.WaitUntilAppliedAsync("nobody", TimeSpan.FromSeconds(5), default);
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }
}
