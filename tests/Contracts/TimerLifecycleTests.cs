using Contracts.Timers;

namespace Tests.Contracts;

/// <summary>The table of transitions, said a second time in full: a change of either is a decision.</summary>
public sealed class TimerLifecycleTests
{
    private static readonly string[] Table =
    [
        // from        sch arm sen pau amb suc fai can exp
        "Scheduled      x   x   .   x   .   x   .   x   x",
        "Armed          x   x   x   x   .   x   x   x   x",
        "Sending        x   .   x   x   x   x   x   x   x",
        "Paused         x   .   .   x   .   x   .   x   x",
        "Ambiguous      x   .   .   x   x   x   x   x   x",
        "Succeeded      .   .   .   .   .   .   .   .   .",
        "Failed         x   .   .   .   .   x   .   .   .",
        "Cancelled      .   .   .   .   .   .   .   .   .",
        "Expired        x   .   .   .   .   x   .   .   .",
    ];

    [TestCaseSource(nameof(Table))]
    public void Allows_goes_by_the_table(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var from = Enum.Parse<TimerState>(words[0]);

        var allowed = Enum.GetValues<TimerState>().Select(to => TimerLifecycle.Allows(from, to) ? "x" : ".");

        Assert.That(allowed, Is.EqualTo(words[1..]));
    }

    [Test]
    public void Every_state_is_in_the_table() => Assert.That(Table, Has.Length.EqualTo(Enum.GetValues<TimerState>().Length));

    [Test]
    public void IsFinished_and_IsClaimed_name_their_states_and_no_others()
    {
        Assert.That(
            Enum.GetValues<TimerState>().Where(TimerLifecycle.IsFinished),
            Is.EquivalentTo([TimerState.Succeeded, TimerState.Failed, TimerState.Cancelled, TimerState.Expired]));
        Assert.That(Enum.GetValues<TimerState>().Where(TimerLifecycle.IsClaimed), Is.EquivalentTo([TimerState.Armed, TimerState.Sending]));
    }
}
