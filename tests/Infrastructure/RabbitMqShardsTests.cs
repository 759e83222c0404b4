using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Timers.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Runner;
using Tests.Runner.Leases;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>Who leads, without a broker.</summary>
public sealed class RabbitMqShardsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly ManualLeases leases = new();
    private RabbitMqShards shards = null!;

    [SetUp]
    public void Make() => shards = new RabbitMqShards(
        new RunnerParts.SwitchedLease(), leases, new WallClock(TimeProvider.System), TimeProvider.System,
        NullLogger<RabbitMqShards>.Instance);

    [TearDown]
    public void Close() => shards.Dispose();

    [Test]
    public async Task A_Runner_that_is_about_to_stop_leads_no_more()
    {
        await shards.StartAsync(default);
        await Eventually.That(() => shards.Mine is { Count: Shard.Count }, MaxWait, "it leads");

        await shards.StoppingAsync(default);

        await Eventually.That(() => shards.Mine is [], MaxWait, "it claims nothing more");
        await shards.StopAsync(default);
    }

    [Test]
    public async Task An_answer_that_nobody_expects_does_not_end_it()
    {
        leases.LeadFailure = new InvalidOperationException("MongoDB refused a command: a code of a later release");
        await shards.StartAsync(default);
        await Eventually.That(() => leases.Failed > 0, MaxWait, "it asks");

        leases.LeadFailure = null;

        await Eventually.That(() => shards.Mine is { Count: Shard.Count }, MaxWait, () => $"it leads; {shards.ExecuteTask!.Status}");
        await shards.StopAsync(default);
    }
}
