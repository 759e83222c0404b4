using System.Diagnostics;
using Contracts.Messaging;
using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Messaging.Kafka;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Kafka killed, paused and started again.</summary>
[Parallelizable]
public sealed class KafkaOutageTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(40);

    /// <summary>Each left a partition without a leader for a moment, and about every second such moment ended a process.</summary>
    private const int Pauses = 4;

    private OwnEngine kafka = null!;

    [OneTimeSetUp]
    public void StartKafka() => kafka = Engine.StartOwn("kafka");

    [OneTimeTearDown]
    public void StopKafka() => kafka.Dispose();

    [SetUp]
    public void RestartKafka() => kafka.Start();

    [Test]
    public async Task While_Kafka_is_down_publishing_is_refused_at_once_and_resumes_with_it()
    {
        await using var host = await KafkaHost.StartPublisherAsync(kafka.Uri, KafkaHost.NewPrefix());
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);

        kafka.Kill();
        await Eventually.That(() => !host.Probe.IsReachable, MaxWait, "the loss is noticed");
        var watch = Stopwatch.StartNew();
        var refused = await OutcomeAsync(host);
        var took = watch.Elapsed;
        kafka.Start();
        await Eventually.That(async () => await OutcomeAsync(host) is null, MaxWait, "publishing resumes");

        Assert.That(refused, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(1)));
        await Eventually.That(async () => await AnswersAsync(host), MaxWait, "progress is told again");
    }

    [TestCase(1)]
    [TestCase(3)]
    public async Task Brokers_that_are_killed_while_nothing_is_sent_are_missed_within_seconds(int brokers)
    {
        using var several = brokers == 1 ? null : Engine.StartOwn("kafka", "--brokers", $"{brokers}");
        var broken = several ?? kafka;
        await using var host = await KafkaHost.StartPublisherAsync(broken.Uri, KafkaHost.NewPrefix());
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);
        await Task.Delay(TimeSpan.FromSeconds(2));

        broken.Kill();

        var watch = Stopwatch.StartNew();
        await Eventually.That(
            () => !host.Probe.IsReachable, TimeSpan.FromSeconds(10), "the loss is noticed, though nobody waits for an acknowledgement");
        TestContext.Out.WriteLine($"{brokers} brokers are missed after {watch.Elapsed}.");
        Assert.That(await OutcomeAsync(host), Is.EqualTo(WriteOutcome.Refused));
    }

    [Test]
    public async Task A_process_that_starts_before_Kafka_refuses_and_finds_it_later()
    {
        kafka.Kill();
        await using var host = await KafkaHost.StartAsync(
            kafka.Uri, KafkaHost.NewPrefix(), services => services.AddKafkaPublisher(TimerMessages.Scheduled));
        var before = await OutcomeAsync(host);
        Assert.That(
            () => host.Progress.WaitUntilAppliedAsync("nobody", TimeSpan.FromSeconds(1), default),
            Throws.TypeOf<LogUnavailableException>().With.Property("Outcome").EqualTo(WriteOutcome.Refused));

        kafka.Start();

        await host.ReachedAsync();
        Assert.That(before, Is.EqualTo(WriteOutcome.Refused));
        Assert.That(await OutcomeAsync(host), Is.Null);
    }

    [Test]
    public async Task A_broker_that_hangs_gives_no_false_success_and_what_comes_later_is_refused_at_once()
    {
        var prefix = KafkaHost.NewPrefix();
        await using var host = await KafkaHost.StartPublisherAsync(kafka.Uri, prefix, ("DeliveryTimeout", "00:00:04"));
        await host.Publisher.PublishAsync([ATimer.New().Build()], default);

        kafka.Pause();
        WriteOutcome? hung;
        try
        {
            var watch = Stopwatch.StartNew();
            hung = await OutcomeAsync(host);
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "an answer comes by the time-out");
            await Eventually.That(() => !host.Probe.IsReachable, MaxWait, "the hang is noticed");
            Assert.That(await OutcomeAsync(host), Is.EqualTo(WriteOutcome.Refused));
        }
        finally
        {
            kafka.Resume();
        }

        await host.ReachedAsync();
        Assert.That(hung, Is.Not.Null);
        Assert.That(await OutcomeAsync(host), Is.Null);
        if (hung == WriteOutcome.Refused)
        {
            Assert.That(KafkaHost.ReadAll(kafka.Uri, $"{prefix}timers"), Has.Count.EqualTo(2), "what was refused never appears");
        }
    }

    [Test]
    public async Task A_consumer_outlives_Kafka_and_loses_nothing()
    {
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(kafka.Uri, prefix);
        await using var consumer = await KafkaHost.StartConsumerAsync(kafka.Uri, prefix, handler);
        var first = ATimer.New().Build();
        var second = ATimer.New().Build();
        await publisher.Publisher.PublishAsync([first], default);
        await Eventually.That(() => handler.Count == 1, MaxWait, "the first is applied");

        kafka.Kill();
        await Eventually.That(() => !publisher.Probe.IsReachable, MaxWait, "the loss is noticed");
        kafka.Start();
        await publisher.ReachedAsync();
        await publisher.Publisher.PublishAsync([second], default);

        await Eventually.That(() => handler.Messages.Any(message => message.TimerId == second.TimerId), MaxWait, "the second is applied");
    }

    [Test]
    public async Task Brokers_that_hang_again_and_again_stop_neither_publishers_nor_consumers_for_good()
    {
        var prefix = KafkaHost.NewPrefix();
        var handler = new RecordingHandler();
        await using var publisher = await KafkaHost.StartPublisherAsync(kafka.Uri, prefix, ("DeliveryTimeout", "00:00:04"));
        await using var consumer = await KafkaHost.StartConsumerAsync(kafka.Uri, prefix, handler);
        for (var pause = 1; pause <= Pauses; pause++)
        {
            kafka.Pause();
            try
            {
                // Longer than the sessions and every time-out of the clients' requests.
                await Task.Delay(TimeSpan.FromSeconds(12));
            }
            finally
            {
                kafka.Resume();
            }

            var timer = ATimer.New().Build();
            await Eventually.That(
                async () => await OutcomeAsync(publisher, timer) is null, MaxWait, $"publishing resumes after pause {pause}");
            await Eventually.That(
                () => handler.Messages.Any(message => message.TimerId == timer.TimerId), MaxWait, $"it is applied after pause {pause}");
        }
    }

    private static async Task<bool> AnswersAsync(KafkaHost host)
    {
        try
        {
            await host.Progress.WaitUntilAppliedAsync("nobody", TimeSpan.FromSeconds(1), default);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Null when it was published.</summary>
    private static async Task<WriteOutcome?> OutcomeAsync(KafkaHost host, TimerScheduled? timer = null)
    {
        try
        {
            await host.Publisher.PublishAsync([timer ?? ATimer.New().Build()], default);
            return null;
        }
        catch (LogUnavailableException error)
        {
            return error.Outcome;
        }
    }
}
