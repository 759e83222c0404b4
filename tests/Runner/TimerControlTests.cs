using Contracts.Timers;
using Producer.Timers;
using Runner.Due;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Commands beside the Runner of the same process, on a timer that waits there.</summary>
public sealed class TimerControlTests
{
    [Test]
    public async Task Cancel_while_another_command_holds_the_timer_waits_for_it_and_is_done()
    {
        await using var parts = await RunnerParts.StartAsync();
        var key = await ArmAsync(parts);
        var other = parts.Armed.TryTake(key).Hold!;

        var cancelling = Control(parts).RunAsync(key, null, row => CancelTimer.Decide(row, ManualClock.Noon), default);
        await Eventually.That(() => Turn(parts, cancelling.IsCompleted) > 20, TimeSpan.FromSeconds(10), "it has looked some times");
        var waited = !cancelling.IsCompleted;
        other.Dispose();
        await Eventually.That(() => Turn(parts, cancelling.IsCompleted) < 0, TimeSpan.FromSeconds(10), "it is answered");

        Assert.That((waited, (await cancelling).Outcome), Is.EqualTo((true, ControlOutcome.Done)));
        Assert.That((await parts.FindAsync(key)).State, Is.EqualTo(TimerState.Cancelled));
        Assert.That(parts.Armed.Count, Is.Zero, "nothing is left to be sent");
    }

    [TestCase(PendingCommand.Cancel, TimerState.Cancelled, "Refused")]
    [TestCase(PendingCommand.Pause, TimerState.Scheduled, "Done")]
    public async Task Command_on_a_timer_that_was_loaded_after_another_was_recorded_meets_what_that_made(
        PendingCommand recorded, TimerState state, string outcome)
    {
        await using var parts = await RunnerParts.StartAsync();
        var key = await ArmAsync(parts);
        var row = await parts.FindAsync(key);
        await parts.Store.TryReplaceAsync(row, row with { Pending = recorded, Version = 2 }, default);

        var result = await Control(parts).RunAsync(key, [2], one => ResumeTimer.Decide(one, ManualClock.Noon), default);

        var stored = await parts.FindAsync(key);
        Assert.That((result.Outcome.ToString(), stored.State, stored.Pending), Is.EqualTo((outcome, state, PendingCommand.None)));
    }

    private int turns;

    /// <returns>How often it was turned; below zero at the end.</returns>
    private int Turn(RunnerParts parts, bool ended)
    {
        parts.Clock.Advance(TimeSpan.FromMilliseconds(2));
        return ended ? -1 : ++turns;
    }

    private static TimerControl Control(RunnerParts parts)
    {
        var copies = new TimerCopies(new ManualCache(), parts.Clock);
        return new TimerControl(
            parts.Store, new TimerReads(parts.Store, copies, new ManualProgress()), copies, parts.Armed, parts.WakeUps, parts.Clock);
    }

    private static async Task<Guid> ArmAsync(RunnerParts parts) =>
        (await parts.ArmAsync(Lane.OnTime, ATimer.New().DueAt(ManualClock.Noon.AddMinutes(1))))[0].Timer.Key;
}
