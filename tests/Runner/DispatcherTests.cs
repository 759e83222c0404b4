using Contracts.Storage;
using Contracts.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Runner.Timers.Delivery;
using Runner.Timers.Due;
using Runner.Timers;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

public sealed class DispatcherTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private Receiver receiver = null!;

    [SetUp]
    public async Task Start() => receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task Stop() => await receiver.DisposeAsync();

    [Test]
    public async Task A_timer_is_sent_when_the_stores_clock_reaches_its_instant_and_not_before()
    {
        await using var parts = await RunnerParts.StartAsync();
        var clock = new CountingClock(parts.StoreClock);
        using var armed = new ArmedTimers(Options.Create(new DueOptions()), clock);
        using var dispatcher = new Dispatcher(armed, parts.Destinations);
        await dispatcher.StartAsync(default);
        var timer = (await parts.ArmAsync(Lane.Overdue, Timer(milliseconds: 1)))[0].Timer;
        armed.Add([timer], Lane.OnTime);

        // Real time goes on, this clock does not: the dispatcher looks again and again, and keeps waiting.
        parts.Clock.Advance(TimeSpan.FromMilliseconds(1) - TimeSpan.FromTicks(1));
        var looks = clock.Looks;
        await Eventually.That(() => clock.Looks > looks + 20, Deadline, "it looks at the clock");
        var early = receiver.Count;
        parts.Clock.Advance(TimeSpan.FromTicks(1));
        await Eventually.That(() => receiver.Count == 1, Deadline, "it is sent");
        await dispatcher.StopAsync(default);

        Assert.That(early, Is.Zero);
    }

    [Test]
    public async Task Stopped_by_two_it_takes_the_second_stop_for_done_even_after_it_was_disposed_of()
    {
        await using var parts = await RunnerParts.StartAsync();
        var dispatcher = new Dispatcher(parts.Armed, parts.Destinations);
        await dispatcher.StartAsync(default);
        await dispatcher.StopAsync(default);
        dispatcher.Dispose();

        Assert.That(() => dispatcher.StopAsync(default), Throws.Nothing);
    }

    [Test]
    public async Task Stopping_waits_for_what_is_under_way_and_hands_back_the_rest_unsent()
    {
        var gate = new TaskCompletionSource();
        receiver.Answer(_ => gate.Task);
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        var armed = await parts.ArmAsync(Lane.OnTime, Timer(0), Timer(1), Timer(600_000));
        parts.Enqueue(armed.Take(2));
        await Eventually.That(() => receiver.Count == 1, Deadline, "the first one is under way");

        var stopping = new RunnerLifetime(
            parts.Armed, parts.Destinations, parts.Sender, parts.Recorder, parts.Metrics, parts.Journal, parts.Clock,
            NullLogger<RunnerLifetime>.Instance)
                .StopAsync(default);
        var waits = !stopping.IsCompleted;
        gate.SetResult();
        await Eventually.That(
            () =>
            {
                parts.Clock.Advance(TimeSpan.FromSeconds(1));
                return stopping.IsCompleted;
            },
            Deadline,
            "it stops");
        await parts.Recorder.StopAsync(default);

        Assert.That((waits, receiver.Count), Is.EqualTo((true, 1)));
        Assert.That((await parts.CountAsync(TimerState.Succeeded), await parts.CountAsync(TimerState.Scheduled)), Is.EqualTo((1, 2)));
        Assert.That((await parts.FindAsync(armed[2].Timer.Key)).NextAt, Is.EqualTo(armed[2].Timer.NextAt));
    }

    private ATimer Timer(int milliseconds) =>
        ATimer.New().DueAt(Clocks.Noon.AddMilliseconds(milliseconds)).WithSpec(spec => spec with { Url = receiver.At("/hook") });

    private sealed class CountingClock(IStoreClock inner) : IStoreClock
    {
        private int looks;

        public int Looks => Volatile.Read(ref looks);

        public DateTimeOffset Now
        {
            get
            {
                Interlocked.Increment(ref looks);
                return inner.Now;
            }
        }
    }
}
