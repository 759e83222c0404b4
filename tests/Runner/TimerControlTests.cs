using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Producer.Timers;
using Runner.Timers.Armed;
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

        var cancelling = Control(parts).RunAsync(key.Address(), null, row => CancelTimer.Decide(row, Clocks.Noon), default);
        await Eventually.That(() => Turn(parts, cancelling.IsCompleted) > 20, TimeSpan.FromSeconds(10), "it has looked some times");
        var waited = !cancelling.IsCompleted;
        other.Dispose();
        await Eventually.That(() => Turn(parts, cancelling.IsCompleted) < 0, TimeSpan.FromSeconds(10), "it is answered");

        Assert.That((waited, (await cancelling).Outcome), Is.EqualTo((true, ControlOutcome.Done)));
        Assert.That((await parts.FindAsync(key)).State, Is.EqualTo(TimerState.Cancelled));
        Assert.That(parts.Armed.Count, Is.Zero, "nothing is left to be sent");
        Assert.That(parts.Live.Told, Is.EqualTo([$"{key:D}"]), "watchers are told");
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

        var result = await Control(parts).RunAsync(key.Address(), [2], one => ResumeTimer.Decide(one, Clocks.Noon), default);

        var stored = await parts.FindAsync(key);
        Assert.That((result.Outcome.ToString(), stored.State, stored.Pending), Is.EqualTo((outcome, state, PendingCommand.None)));
    }

    [TestCase(true, Description = "it took effect")]
    [TestCase(false, Description = "it did not")]
    public async Task Cancel_without_an_answer_leaves_the_timer_to_what_the_store_has(bool stored)
    {
        await using var parts = await RunnerParts.StartAsync();
        var key = await ArmAsync(parts);
        var control = Control(parts);
        parts.Store.LosesAnswer = stored;

        Assert.That(
            async () => await control.RunAsync(key.Address(), null, row => CancelTimer.Decide(row, Clocks.Noon), default),
            Throws.TypeOf<StoreUnavailableException>());

        parts.Clock.Advance(TimeSpan.FromMinutes(2));
        var due = new List<ArmedTimer>();
        parts.Armed.TakeDue(due);
        Assert.That((due.Count, parts.Armed.Count), Is.EqualTo((0, 0)), "the Runner has it no more");
        var state = stored ? TimerState.Cancelled : TimerState.Scheduled;
        await Eventually.That(async () => (await parts.FindAsync(key)).State == state, TimeSpan.FromSeconds(10), $"it is {state}");
        Assert.That((await parts.FindAsync(key)).Claim, Is.Null);
    }

    [Test]
    public async Task Cancel_of_a_timer_that_the_store_has_cancelled_already_takes_it_from_the_Runner()
    {
        await using var parts = await RunnerParts.StartAsync();
        var key = await ArmAsync(parts);
        var row = await parts.FindAsync(key);
        await parts.Store.TryReplaceAsync(row, row with { State = TimerState.Cancelled, Claim = null, Version = 2 }, default);

        var result = await Control(parts).RunAsync(key.Address(), null, one => CancelTimer.Decide(one, Clocks.Noon), default);

        Assert.That((result.Outcome, parts.Armed.Count), Is.EqualTo((ControlOutcome.Done, 0)), "nothing is sent any more");
    }

    // Held by the Runner, or not claimed yet, as when no Runner was there.
    [TestCase(true)]
    [TestCase(false)]
    public async Task Command_on_a_timer_past_its_expiry_finds_it_expired(bool isArmed)
    {
        await using var parts = await RunnerParts.StartAsync();
        var timer = ATimer.New().WithSpec(spec => spec with { MaxAge = TimeSpan.FromMinutes(1) });
        if (isArmed)
        {
            await parts.ArmAsync(Lane.OnTime, timer);
        }
        else
        {
            await parts.Store.AddAsync([timer.Build()], default);
        }

        parts.Clock.Advance(TimeSpan.FromMinutes(1));
        var key = timer.Build().TimerId;
        var result = await Control(parts).RunAsync(key.Address(), [1], one => CancelTimer.Decide(one, Clocks.Noon), default);

        Assert.That((result.Outcome, result.Refusal), Is.EqualTo((ControlOutcome.Refused, "It has already finished: expired.")));
        Assert.That((await parts.FindAsync(key)).State, Is.EqualTo(TimerState.Expired));
        Assert.That((parts.Armed.Count, parts.Live.Told.Count), Is.EqualTo((0, 1)));
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
            parts.Store, new TimerReads(parts.Store, copies, new ManualProgress()), copies, parts.Armed, parts.WakeUps, parts.StoreClock,
            new CreationInstants(), parts.Live, parts.Clock, NullLogger<TimerControl>.Instance);
    }

    private static async Task<Guid> ArmAsync(RunnerParts parts) =>
        (await parts.ArmAsync(Lane.OnTime, ATimer.New().DueAt(Clocks.Noon.AddMinutes(1))))[0].Timer.Key;
}
