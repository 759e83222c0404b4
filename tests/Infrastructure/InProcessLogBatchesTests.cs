using Contracts.Timers;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>What of the embedded log is committed side by side, and what together.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InProcessLogBatchesTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource commit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RecordingHandler handler = new();
    private int underWay;
    private int mostUnderWay;

    [Test]
    public async Task What_follows_a_full_batch_is_made_ready_while_that_is_committed()
    {
        await PublishAsync(each: 1_000, () => handler.Calls == 2);

        Assert.That((handler.Calls, mostUnderWay), Is.EqualTo((6, 2)));
    }

    [Test]
    public async Task What_comes_while_a_small_batch_is_committed_shares_the_next_commit()
    {
        await PublishAsync(each: 1, () => handler.Calls == 1);

        Assert.That((handler.Calls, mostUnderWay), Is.EqualTo((2, 1)));
    }

    /// <summary>One publication, then five more; nothing is committed until the condition holds.</summary>
    private async Task PublishAsync(int each, Func<bool> committing)
    {
        handler.Before = _ => CommitAsync();
        using var log = LogParts.Embedded(handler);
        await log.StartAsync(default);

        var first = log.PublishAsync(Timers(each), default);
        await Eventually.That(() => handler.Calls == 1, MaxWait, "the first is under way");
        var others = Enumerable.Range(0, 5).Select(_ => log.PublishAsync(Timers(each), default)).ToList();
        await Eventually.That(committing, MaxWait, "so many are under way");
        Assert.That(others.Append(first).Any(publication => publication.IsCompleted), Is.False, "nothing is committed");
        commit.SetResult();
        await Task.WhenAll(others.Append(first));

        await log.StopAsync(default);
        Assert.That(handler.Count, Is.EqualTo(6 * each));
    }

    private static List<TimerScheduled> Timers(int count) => [.. Enumerable.Range(0, count).Select(_ => ATimer.New().Build())];

    private async Task CommitAsync()
    {
        mostUnderWay = Math.Max(mostUnderWay, Interlocked.Increment(ref underWay));
        await commit.Task;
        await Task.Yield();
        Interlocked.Decrement(ref underWay);
    }
}
