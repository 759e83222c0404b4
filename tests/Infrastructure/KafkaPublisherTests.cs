using System.Diagnostics;
using System.Text;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Hosting;
using Infrastructure.Messaging.Kafka;
using Microsoft.Extensions.Options;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What lies on the topic, and what is refused.</summary>
[Parallelizable]
public sealed class KafkaPublisherTests
{
    [Test]
    public async Task A_message_carries_its_key_its_type_and_the_trace()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var host = await KafkaHost.StartPublisherAsync(uri, prefix);
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        var timer = ATimer.New().Build();

        var receipt = await host.Publisher.PublishAsync([timer], default);

        var record = KafkaHost.ReadAll(uri, $"{prefix}timers").Single();
        Assert.That(receipt.Effects, Is.EqualTo(MessageEffects.Tracked));
        Assert.That(Encoding.UTF8.GetString(record.Message.Key), Is.EqualTo(timer.TimerId.ToString()));
        Assert.That(record.Partition.Value, Is.EqualTo(KafkaPartitioner.PartitionOf(record.Message.Key, 4)));
        Assert.That(
            new[] { "type", "version", "traceparent" }.Select(name => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name))),
            Is.EqualTo(new[] { "timer.scheduled", "1", activity.Id }));
    }

    [Test]
    public async Task What_is_larger_than_a_message_may_be_is_refused_with_all_that_came_with_it()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var host = await KafkaHost.StartPublisherAsync(uri, prefix);
        var huge = ATimer.New()
            .WithSpec(spec => spec with { Body = new RawContent(new byte[KafkaOptions.MaxMessageBytes], IsJson: false) }).Build();

        Assert.That(
            () => host.Publisher.PublishAsync([ATimer.New().Build(), huge], default),
            Throws.TypeOf<LogUnavailableException>().With.Property("Outcome").EqualTo(WriteOutcome.Refused).And.Message.Contains("larger"));

        Assert.That(KafkaHost.ReadAll(uri, $"{prefix}timers"), Is.Empty);
    }

    [Test]
    public async Task More_than_may_wait_is_refused_as_a_whole()
    {
        var prefix = KafkaHost.NewPrefix();

        // The last ones of a publication wait for a second, and with them it.
        await using var host = await KafkaHost.StartPublisherAsync(Engine.Address("kafka"), prefix, ("Linger", "00:00:01"));
        var many = Enumerable.Repeat(new KafkaMessage($"{prefix}timers", 0, Key: null, "x"u8.ToArray(), Headers: null), 60_000).ToArray();

        var first = host.Producer.SendAsync(many, default);

        Assert.That(
            () => host.Producer.SendAsync(many, default),
            Throws.TypeOf<LogUnavailableException>().With.Property("Outcome").EqualTo(WriteOutcome.Refused));
        await first;
        await host.Producer.SendAsync(many, default);
        Assert.That(() => KafkaHost.CountOf(Engine.Address("kafka"), $"{prefix}timers"), Is.EqualTo(120_000));
    }

    [Test]
    public async Task A_caller_who_stops_waiting_stops_only_that()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        await using var host = await KafkaHost.StartPublisherAsync(uri, prefix, ("Linger", "00:00:00.500"));
        using var cancelled = new CancellationTokenSource();

        var publishing = host.Publisher.PublishAsync([ATimer.New().Build()], cancelled.Token);
        await cancelled.CancelAsync();

        Assert.That(() => publishing, Throws.InstanceOf<OperationCanceledException>());
        await Eventually.That(
            () => KafkaHost.ReadAll(uri, $"{prefix}timers").Count == 1, KafkaHost.MaxWait, "it is published all the same");
    }

    [Test]
    public void A_certificate_that_cannot_be_read_stops_the_start() => Assert.That(
        () => KafkaHost.StartAsync(
            "127.0.0.1:9;security.protocol=ssl;ssl.ca.location=/nowhere", KafkaHost.NewPrefix(),
            services => services.AddKafkaPublisher(TimerMessages.Scheduled)),
        Throws.TypeOf<StartupException>().With.Message.Contains("ConnectionStrings:Kafka"));

    [Test]
    public void Wrong_settings_stop_the_start() => Assert.That(
        () => KafkaHost.StartAsync(
            "127.0.0.1:9", KafkaHost.NewPrefix(), services => services.AddKafkaPublisher(TimerMessages.Scheduled),
            ("Replication", "0"), ("BatchSize", "0")),
        Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Replication").And.Message.Contains("BatchSize"));
}
