using System.Collections.Concurrent;
using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Timers;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

public sealed class OutcomeRecorderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Test]
    public async Task RecordAsync_while_the_store_is_down_keeps_trying_and_loses_nothing([Values] bool unavailable)
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(20));
        parts.Store.Failure = unavailable
            ? new StoreUnavailableException(WriteOutcome.Refused, "down")
            : new InvalidOperationException("not even the failure that was promised");

        foreach (var timer in armed)
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
        }

        await TurnUntilAsync(parts, () => parts.Store.Failed >= 4, "it keeps trying");
        var meanwhile = parts.Armed.Count;
        parts.Store.Failure = null;
        await TurnUntilAsync(parts, () => parts.Armed.Count == 0, "all are written");

        Assert.That(meanwhile, Is.EqualTo(20), "What is not written is not forgotten.");
        await Eventually.That(() => parts.Live.Told.Count == 20, Deadline, "watchers are told");
        Assert.That(parts.Live.Told, Is.EquivalentTo(armed.Select(timer => timer.Timer.Id)), "of each, once");
        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    [Test]
    public async Task RecordAsync_of_one_that_the_store_refuses_holds_up_no_other_and_it_is_stored_without_what_it_came_with()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(20));
        parts.Store.Refuses = outcome => outcome.Attempt.Response.Length > 0;
        var outcomes = armed.Select(timer => timer.Timer.Failed()).ToList();
        outcomes[7] = outcomes[7] with { Attempt = outcomes[7].Attempt with { Response = "bad"u8.ToArray() } };

        for (var i = 0; i < armed.Count; i++)
        {
            await parts.Recorder.RecordAsync(armed[i], outcomes[i]);
        }

        await Eventually.That(() => parts.Armed.Count == 0, Deadline, "all are written, without any pause");
        Assert.That(await parts.CountAsync(TimerState.Failed), Is.EqualTo(20));
    }

    [Test]
    public async Task RecordAsync_of_one_that_the_store_never_takes_is_tried_again_and_again()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(20));
        var bad = armed[3].Timer.Key;
        parts.Store.Refuses = outcome => outcome.Key == bad;
        foreach (var timer in armed)
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
        }

        await Eventually.That(() => parts.Armed.Count == 1, Deadline, "all others are written");
        parts.Store.Refuses = _ => false;
        await TurnUntilAsync(parts, () => parts.Armed.Count == 0, "it is written, too");

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(20));
    }

    [Test]
    public async Task RecordAsync_of_one_that_is_in_the_journal_keeps_it_there_until_the_store_has_it()
    {
        await using var parts = await RunnerParts.StartAsync();
        parts.Journal.IsOn = true;
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(20));
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        foreach (var timer in armed)
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
        }

        await TurnUntilAsync(parts, () => parts.Store.Failed >= 2, "it keeps trying");
        Assert.That(parts.Journal.Held, Is.EqualTo(20));
        parts.Store.Failure = null;
        await TurnUntilAsync(parts, () => parts.Armed.Count == 0 && parts.Journal.Held == 0, "all are written, and released");
    }

    [Test]
    public async Task RecordAsync_of_what_is_in_the_journal_gathers_for_a_moment_and_writes_all_of_it_at_once()
    {
        await using var parts = await RunnerParts.StartAsync();
        parts.Journal.IsOn = true;
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(20));
        var asked = new ConcurrentQueue<Guid>();
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        parts.Store.Refuses = outcome =>
        {
            asked.Enqueue(outcome.Key);
            return false;
        };

        await parts.Recorder.RecordAsync(armed[0], armed[0].Timer.Succeeded());

        // Time enough for whoever would write it by itself.
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        foreach (var timer in armed.Skip(1))
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
        }

        await TurnUntilAsync(parts, () => parts.Store.Failed >= 1, "they are written");
        Assert.That(asked.Take(20), Is.EqualTo(armed.Select(timer => timer.Timer.Key)));
    }

    [Test]
    public async Task HandBack_while_the_store_is_down_keeps_trying_and_a_command_no_longer_finds_it()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(3));
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");

        foreach (var timer in armed)
        {
            parts.Recorder.HandBack(timer, Clocks.Noon.AddSeconds(9));
        }

        var take = parts.Armed.TryTake(armed[0].Timer.Key);
        await TurnUntilAsync(parts, () => parts.Store.Failed >= 2, "it keeps trying");
        parts.Store.Failure = null;
        await TurnUntilAsync(parts, async () => await parts.CountAsync(TimerState.Scheduled) == 3, "all are back");

        Assert.That(take.Position, Is.EqualTo(ArmedPosition.Absent));
        Assert.That((await parts.FindAsync(armed[0].Timer.Key)).NextAt, Is.EqualTo(Clocks.Noon.AddSeconds(9)));
    }

    [Test]
    public async Task RecordAsync_of_a_retry_that_is_due_soon_wakes_the_runner()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timers(1)))[0];
        var woken = parts.WakeUps.WaitAsync(default);

        await parts.Recorder.RecordAsync(armed, armed.Timer.Retried(Clocks.Noon.AddMilliseconds(10)));

        await woken.WaitAsync(Deadline);
        Assert.That(
            (await parts.FindAsync(armed.Timer.Key)).State, Is.EqualTo(TimerState.Scheduled), "It is stored when the wake-up comes.");
    }

    [Test]
    public async Task StopAsync_writes_what_waits()
    {
        await using var parts = new RunnerParts();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(5));
        foreach (var timer in armed.Take(3))
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Failed());
        }

        foreach (var timer in armed.Skip(3))
        {
            parts.Recorder.HandBack(timer, timer.Timer.NextAt);
        }

        await parts.Recorder.StartAsync(default);
        await parts.Recorder.StopAsync(default);

        Assert.That((await parts.CountAsync(TimerState.Failed), await parts.CountAsync(TimerState.Scheduled)), Is.EqualTo((3, 2)));
    }

    [Test]
    public async Task StopAsync_out_of_time_with_the_store_down_ends_and_leaves_the_claims_to_the_next_start()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timers(1)))[0];
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        await parts.Recorder.RecordAsync(armed, armed.Timer.Succeeded());

        using var outOfTime = new CancellationTokenSource();
        var stopping = parts.Recorder.StopAsync(outOfTime.Token);
        var waits = !stopping.IsCompleted;
        await outOfTime.CancelAsync();
        await stopping.WaitAsync(Deadline);
        parts.Store.Failure = null;

        Assert.That(waits, Is.True);
        Assert.That(await parts.Store.ReclaimAsync(Clocks.Noon, default), Is.EqualTo(1));
    }

    [Test]
    public async Task StopAsync_without_any_time_left_still_writes_what_is_known()
    {
        await using var parts = new RunnerParts();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(1_500));
        foreach (var timer in armed)
        {
            await parts.Recorder.RecordAsync(timer, timer.Timer.Succeeded());
        }

        await parts.Recorder.StartAsync(default);
        await parts.Recorder.StopAsync(new CancellationToken(canceled: true));

        Assert.That(await parts.CountAsync(TimerState.Succeeded), Is.EqualTo(1_500));
    }

    [Test]
    public async Task Runner_that_is_out_of_time_ends_though_senders_wait_for_room_for_their_outcomes()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(1));
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Refused, "down");
        var room = ValueTask.CompletedTask;
        while (room.IsCompleted)
        {
            room = parts.Recorder.RecordAsync(armed[0], armed[0].Timer.Failed());
        }

        parts.Enqueue(armed);
        await Eventually.That(() => parts.Destinations.InFlight == 1, Deadline, "it is being sent");
        var lifetime = new RunnerLifetime(
            parts.Armed, parts.Destinations, parts.Sender, parts.Recorder, parts.Metrics, parts.Journal, TimeProvider.System,
            NullLogger<RunnerLifetime>.Instance);

        await lifetime.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline);
    }

    private static IEnumerable<ATimer> Timers(int count) => Enumerable.Range(0, count).Select(_ => ATimer.New());

    private static Task TurnUntilAsync(RunnerParts parts, Func<bool> condition, string because) =>
        TurnUntilAsync(parts, () => Task.FromResult(condition()), because);

    private static Task TurnUntilAsync(RunnerParts parts, Func<Task<bool>> condition, string because) =>
        Eventually.That(
            () =>
            {
                // What waits for the store waits by this clock.
                parts.Clock.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            Deadline,
            because);
}
