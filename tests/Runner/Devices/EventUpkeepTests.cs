using System.Diagnostics.Metrics;
using Contracts.Events;
using Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Events;
using Tests.Support;

namespace Tests.Runner.Devices;

/// <summary>The jobs that every slice of events has: what is purged, and how drift is told.</summary>
[NonParallelizable]
public sealed class EventUpkeepTests
{
    private readonly DriftFindings findings = new();
    private ServiceProvider services = null!;
    private EventUpkeep upkeep = null!;

    [SetUp]
    public void Create()
    {
        services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        upkeep = new EventUpkeep(
            new WallClock(Clocks.AtNoon()), new EventMetrics(services.GetRequiredService<IMeterFactory>()), findings,
            NullLogger<EventUpkeep>.Instance);
    }

    [TearDown]
    public void Dispose() => services.Dispose();

    [Test]
    public async Task The_purge_goes_step_by_step_and_a_day_behind_what_is_refused()
    {
        var slice = new Slice { Retention = TimeSpan.FromDays(30) };

        Assert.That(await upkeep.PurgeAsync(slice, default), Is.EqualTo(12));
        Assert.That(slice.Purges, Is.EqualTo(new (DateTimeOffset, string?)[]
            { (Clocks.Noon.AddDays(-31), null), (Clocks.Noon.AddDays(-31), "1"), (Clocks.Noon.AddDays(-31), "2") }));
    }

    [Test]
    public async Task Without_a_retention_nothing_is_old_enough()
    {
        var slice = new Slice();
        await upkeep.PurgeAsync(slice, default);

        Assert.That(slice.Purges.Select(each => each.Before), Is.All.EqualTo(DateTimeOffset.MinValue));
    }

    [Test]
    public async Task Drift_is_a_metric_and_told_in_readiness_until_a_comparison_finds_none()
    {
        var drifted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "timers.rollups.drifted")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => drifted += value);
        listener.Start();
        var slice = new Slice { Drifted = ["The device 'a' differs.", "The device 'b' differs."] };

        Assert.That(await upkeep.CompareAsync(slice, default), Is.EqualTo(2));
        Assert.That(drifted, Is.EqualTo(2));
        Assert.That((await ReadyAsync()).Description, Does.StartWith("The device 'a' differs.").And.Contain("1 more"));

        slice.Drifted = [];
        await upkeep.CompareAsync(slice, default);
        Assert.That((await ReadyAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    private Task<HealthCheckResult> ReadyAsync() => new DriftReadiness(findings).CheckHealthAsync(new HealthCheckContext
    {
        Registration = new HealthCheckRegistration("rollups", new DriftReadiness(findings), HealthStatus.Degraded, []),
    });

    private sealed class Slice : IEventUpkeep
    {
        public List<(DateTimeOffset Before, string? After)> Purges { get; } = [];

        public IReadOnlyList<string> Drifted { get; set; } = [];

        string IEventUpkeep.Slice => "devices";

        public TimeSpan? Retention { get; init; }

        public bool Repairs => false;

        public Task<PurgeStep> PurgeAsync(DateTimeOffset before, string? after, CancellationToken cancellationToken)
        {
            Purges.Add((before, after));
            return Task.FromResult(new PurgeStep(4, after switch { null => "1", "1" => "2", _ => null }));
        }

        public Task<DriftReport> RebuildAsync(string? after, bool repair, CancellationToken cancellationToken) =>
            Task.FromResult(new DriftReport(1, Drifted, null));
    }
}
