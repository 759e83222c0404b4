using Confluent.Kafka;
using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Tests.Support;

namespace Tests.Infrastructure;

[Parallelizable]
public sealed class KafkaProbeTests
{
    /// <summary>Longer than another broker would be waited for, had there been one.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1.5);

    [Test]
    public async Task An_only_broker_that_answers_late_is_reached()
    {
        var log = new KeptLog<KafkaProbe>();
        await using var proxy = new KafkaProxy(Engine.Address("kafka"));
        await using var host = await KafkaHost.StartAsync(proxy.Uri, KafkaHost.NewPrefix(), services => services
            .AddKafkaPublisher(TimerMessages.Scheduled).AddSingleton<ILogger<KafkaProbe>>(log));
        await host.ReachedAsync();
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);

        proxy.Delay(Slow);
        await host.Probe.RefreshAsync(default);
        var rounds = host.Probe.Rounds;
        host.Probe.Doubt();
        await Eventually.That(() => host.Probe.Rounds > rounds, KafkaHost.MaxWait, "it answers");

        Assert.That(log.Text, Does.Not.Contain("cannot be reached"));
        Assert.That(host.Probe.IsReachable, Is.True);
    }

    [Test]
    public async Task A_topic_that_is_deleted_is_named_and_created_anew()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var topic = $"{prefix}timers";
        await using var host = await KafkaHost.StartPublisherAsync(uri, prefix);
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var before = await host.Publisher.PublishAsync([ATimer.New().Build()], default);
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = uri }).Build())
        {
            await admin.DeleteTopicsAsync([topic]);
        }

        await Eventually.That(() => { host.Probe.Doubt(); return host.Probe.Absent.Contains(topic); }, KafkaHost.MaxWait, "it is missed");
        var told = await health.CheckHealthAsync();
        Assert.That(told.Entries["log"].Description, Is.EqualTo($"The topic {topic} does not exist."));

        PublishReceipt? after = null;
        await Eventually.That(
            () => KafkaHost.TriedAsync(async () => after = await host.Publisher.PublishAsync([ATimer.New().Build()], default)),
            TimeSpan.FromSeconds(90), "it is created anew");
        Assert.That(after!.PositionOf(0).Epoch, Is.Not.EqualTo(before.PositionOf(0).Epoch));
        await Eventually.That(() => host.Probe.Absent.Count == 0, KafkaHost.MaxWait, "it is back");
    }
}
