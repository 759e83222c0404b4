using Contracts.Storage;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

public sealed class WakeUpsTests
{
    [TestCase(-5_000, true)]
    [TestCase(400, true)]
    [TestCase(401, false)]
    public async Task Notify_wakes_for_what_falls_due_before_the_look_after_the_next(int milliseconds, bool wakes)
    {
        await using var parts = new RunnerParts();

        parts.WakeUps.Notify(Clocks.Noon.AddMilliseconds(milliseconds));

        Assert.That(parts.WakeUps.WaitAsync(default).IsCompleted, Is.EqualTo(wakes));
        parts.WakeUps.Notify(Clocks.Noon);
    }

    [TestCase(-2_000, true)]
    [TestCase(-1_999, false)]
    public async Task TakeOverdue_tells_once_of_a_wake_up_for_an_overdue_timer(int milliseconds, bool isOverdue)
    {
        await using var parts = new RunnerParts();

        parts.WakeUps.Notify(Clocks.Noon.AddMilliseconds(milliseconds));

        Assert.That((parts.WakeUps.TakeOverdue(), parts.WakeUps.TakeOverdue()), Is.EqualTo((isOverdue, false)));
    }

    [Test]
    public async Task Notify_many_times_before_a_look_is_one_wake_up_and_one_after_it_another()
    {
        await using var parts = new RunnerParts();
        parts.WakeUps.Notify(Clocks.Noon);
        parts.WakeUps.Notify(Clocks.Noon);
        await parts.WakeUps.WaitAsync(default);

        var second = parts.WakeUps.WaitAsync(default);
        var before = second.IsCompleted;
        parts.WakeUps.Notify(Clocks.Noon);
        await second.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(before, Is.False);
    }

    [Test]
    public void Notify_before_the_store_has_told_its_time_is_left_to_the_next_look()
    {
        using var wakeUps = new WakeUps(new UnknownTime(), Options.Create(new DueOptions()));

        Assert.That(() => wakeUps.Notify(Clocks.Noon), Throws.Nothing);
    }

    private sealed class UnknownTime : IStoreClock
    {
        public DateTimeOffset Now =>
            throw new StoreUnavailableException(WriteOutcome.Refused, "The database has not reported its time yet.");
    }
}
