using Contracts.Storage;
using Runner.Timers.Due;
using Tests.Support;

namespace Tests.Runner;

public sealed class OverdueRestTests
{
    [Test]
    public async Task PollAsync_after_ten_empty_polls_polls_once_a_second()
    {
        await using var parts = new RunnerParts();
        var polls = new Polls(parts);

        await polls.RunAsync(OverdueRest.EmptyPolls + 4);
        var resting = polls.Count;
        await polls.RunAsync(5);

        Assert.That((resting, polls.Count), Is.EqualTo((OverdueRest.EmptyPolls, OverdueRest.EmptyPolls + 1)));
    }

    [TestCase(3)]
    [TestCase(null)]
    public async Task PollAsync_after_a_poll_that_found_some_or_could_not_look_does_not_rest(int? claimed)
    {
        await using var parts = new RunnerParts();
        var polls = new Polls(parts);
        await polls.RunAsync(OverdueRest.EmptyPolls - 1);

        polls.Result = () => claimed;
        await polls.RunAsync(1);
        polls.Result = () => 0;
        await polls.RunAsync(OverdueRest.EmptyPolls);

        Assert.That(polls.Count, Is.EqualTo(OverdueRest.EmptyPolls * 2));
    }

    [Test]
    public async Task PollAsync_after_a_poll_that_failed_does_not_rest()
    {
        await using var parts = new RunnerParts();
        var polls = new Polls(parts);
        await polls.RunAsync(OverdueRest.EmptyPolls);
        parts.Clock.Advance(OverdueRest.Pause);

        polls.Result = () => throw new StoreUnavailableException(WriteOutcome.Refused, "It is down.");
        Assert.ThrowsAsync<StoreUnavailableException>(() => polls.RunAsync(1));
        polls.Result = () => 0;
        await polls.RunAsync(OverdueRest.EmptyPolls);

        Assert.That(polls.Count, Is.EqualTo((OverdueRest.EmptyPolls * 2) + 1));
    }

    [Test]
    public async Task A_wake_up_for_an_overdue_timer_ends_the_rest()
    {
        await using var parts = new RunnerParts();
        var polls = new Polls(parts);
        await polls.RunAsync(OverdueRest.EmptyPolls);

        parts.WakeUps.Notify(Clocks.Noon.AddMinutes(-1));
        await polls.RunAsync(1);

        Assert.That(polls.Count, Is.EqualTo(OverdueRest.EmptyPolls + 1));
    }

    /// <summary>What the job does at each interval.</summary>
    private sealed class Polls(RunnerParts parts)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

        private readonly OverdueRest rest = new(parts.WakeUps, parts.Clock);

        public int Count { get; private set; }

        public Func<int?> Result { get; set; } = () => 0;

        public async Task RunAsync(int intervals)
        {
            for (var i = 0; i < intervals; i++)
            {
                await rest.PollAsync(() =>
                {
                    Count++;
                    return Task.FromResult(Result());
                });
                parts.Clock.Advance(Interval);
            }
        }
    }
}
