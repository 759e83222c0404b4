using Contracts.Storage;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Runner;

/// <summary>What the process before kept in its journal when it was killed.</summary>
public sealed class LeftOutcomesTests
{
    [Test]
    public async Task What_was_answered_before_the_kill_is_stored_and_never_claimed_again()
    {
        await using var parts = await RunnerParts.StartAsync();
        var claimed = await ClaimAsync(parts, 20);
        parts.Journal.Left.AddRange(claimed.Take(15).Select(timer => timer.Succeeded()));

        await parts.Gate.IsOpenAsync(default);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(15));
        Assert.That(await parts.CountAsync(TimerState.Scheduled), Is.EqualTo(5), "Only the claims without an outcome are taken back.");
        Assert.That(parts.Journal.Held, Is.Zero);
        Assert.That(parts.Live.Told, Is.EqualTo(["* default", "* default"]), "watchers read anew, after the outcomes and after the claims");
    }

    [Test]
    public async Task What_the_store_had_already_changes_nothing()
    {
        await using var parts = await RunnerParts.StartAsync();
        var claimed = await ClaimAsync(parts, 20);
        await parts.Store.RecordAsync([.. claimed.Select(timer => timer.Failed())], default);
        var rows = await Task.WhenAll(claimed.Select(timer => parts.FindAsync(timer.Key)));
        parts.Journal.Left.AddRange(claimed.Select(timer => timer.Failed()));

        await parts.Gate.IsOpenAsync(default);

        Assert.That(await Task.WhenAll(claimed.Select(timer => parts.FindAsync(timer.Key))), Is.EqualTo(rows));
    }

    [Test]
    public async Task One_that_the_store_refuses_holds_up_neither_the_others_nor_the_start()
    {
        await using var parts = await RunnerParts.StartAsync();
        var claimed = await ClaimAsync(parts, 20);
        parts.Store.Refuses = outcome => outcome.Key == claimed[3].Key;
        parts.Journal.Left.AddRange(claimed.Select(timer => timer.Succeeded()));

        await parts.Gate.IsOpenAsync(default);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(19));
        Assert.That(await parts.CountAsync(TimerState.Scheduled), Is.EqualTo(1));
    }

    [Test]
    public async Task One_whose_answer_the_store_refuses_is_stored_without_it()
    {
        await using var parts = await RunnerParts.StartAsync();
        var claimed = await ClaimAsync(parts, 20);
        parts.Store.Refuses = outcome => outcome.Attempt.Response.Length > 0;
        parts.Journal.Left.AddRange(claimed.Select(timer => timer.Succeeded()).Select(
            (outcome, i) => i == 3 ? outcome with { Attempt = outcome.Attempt with { Response = new byte[] { 1 } } } : outcome));

        await parts.Gate.IsOpenAsync(default);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    [Test]
    public async Task While_the_store_is_down_nothing_is_claimed_and_they_are_written_later()
    {
        await using var parts = await RunnerParts.StartAsync();
        var claimed = await ClaimAsync(parts, 20);
        parts.Journal.Left.AddRange(claimed.Select(timer => timer.Succeeded()));

        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        Assert.ThrowsAsync<StoreUnavailableException>(async () => await parts.Gate.IsOpenAsync(default));
        parts.Store.Failure = null;
        Assert.That(await parts.Gate.IsOpenAsync(default), Is.True);

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    /// <summary>Claimed by a process that is gone.</summary>
    private static async Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(RunnerParts parts, int count)
    {
        await parts.Store.AddAsync(
            [.. Enumerable.Range(0, count).Select(_ => ATimer.New().DueAt(Clocks.Noon.AddSeconds(-9)).Build())], default);
        return await parts.Store.ClaimAsync(
            new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon.AddHours(1), 10_000, long.MaxValue), default);
    }
}
