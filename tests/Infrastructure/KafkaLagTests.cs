using System.Diagnostics.Metrics;
using Contracts.Timers;
using Microsoft.Extensions.DependencyInjection;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>The gauge by which operators see that a Consumer falls behind.</summary>
[Parallelizable]
public sealed class KafkaLagTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(40);

    [Test]
    public async Task The_lag_counts_what_arrives_while_a_batch_holds_its_partitions_up()
    {
        var uri = Engine.Address("kafka");
        var prefix = KafkaHost.NewPrefix();
        var release = new TaskCompletionSource();
        var handler = new RecordingHandler { Before = _ => release.Task };
        await using var publisher = await KafkaHost.StartPublisherAsync(uri, prefix);
        await publisher.Publisher.PublishAsync(Some(20), default);
        await using var consumer = await KafkaHost.StartConsumerAsync(uri, prefix, handler);
        await Eventually.That(() => handler.Calls == 1, MaxWait, "a batch is under way");

        // Its partitions are paused by now, and the client reads nothing of what follows.
        await Task.Delay(TimeSpan.FromSeconds(3));
        await publisher.Publisher.PublishAsync(Some(500), default);

        var lag = 0L;
        await Eventually.That(() => (lag = LagOf(consumer.Services)) == 520, MaxWait, () => $"all are counted, {lag} of 520");
        release.SetResult();
        await Eventually.That(() => (lag = LagOf(consumer.Services)) == 0, MaxWait, () => $"all are applied, {lag} are not");
        Assert.That(handler.Count, Is.EqualTo(520));
    }

    private static List<TimerScheduled> Some(int count) => [.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())];

    private static long LagOf(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        var lag = -1L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "timers.consumer.lag" && instrument.Meter.Scope == meters)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => lag = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return lag;
    }
}
