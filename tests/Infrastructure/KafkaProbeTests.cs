using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;
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
}
