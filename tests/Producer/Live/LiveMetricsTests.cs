using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Contracts.Live;
using Producer.Live;
using Tests.Support;

namespace Tests.Producer.Live;

/// <summary>What is measured of live streams.</summary>
[NonParallelizable]
public sealed class LiveMetricsTests
{
    private static readonly LiveFilter Everything = new(null, null);

    private LiveParts parts = null!;

    [SetUp]
    public void Start() => parts = new LiveParts();

    [TearDown]
    public void Stop() => parts.Dispose();

    [Test]
    public async Task Open_streams_are_measured()
    {
        var open = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument is { Name: "timers.live.streams" } && instrument.Meter.Scope == parts.Meters)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref open, value));
        listener.Start();
        await using (var events = parts.Connect(Everything))
        {
            await events.NextAsync();
            Assert.That(Interlocked.Read(ref open), Is.EqualTo(1));
        }

        await Eventually.That(() => Interlocked.Read(ref open) == 0, TimeSpan.FromSeconds(10), "it is closed");
    }

    [Test]
    public async Task Snapshots_in_place_of_changes_are_measured_by_feed()
    {
        var overruns = new ConcurrentQueue<(long Value, object? Feed)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument is { Name: "timers.live.overruns" } && instrument.Meter.Scope == parts.Meters)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => overruns.Enqueue((value, tags[0].Value)));
        listener.Start();
        await using var events = parts.Connect(Everything);
        await events.NextAsync();
        await parts.ChangeAsync("a", "1");
        await events.NextAsync();
        Assert.That(overruns, Is.Empty, "that was told one by one");

        var keys = Enumerable.Range(0, LiveClient.MaxWaiting + 1).Select(i => $"k{i}").ToList();
        keys.ForEach(key => parts.Stored[key] = "1");
        await parts.NoteAsync(new LiveNotice(keys));
        await parts.Clock.AdvanceUntilAsync(events);
        var next = await events.NextAsync(each => each.Name != ServerEvent.Comment);

        Assert.That(next.Name, Is.EqualTo("snapshot"));
        Assert.That(overruns, Is.EqualTo(new[] { (1L, (object?)"tests") }));
    }
}
