using Contracts.Timers;
using Infrastructure.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

public sealed class ArmedTimersTests
{
    private readonly DueOptions options = new() { Capacity = 100 };
    private FakeTimeProvider clock = null!;
    private ArmedTimers armed = null!;

    [SetUp]
    public void Make()
    {
        clock = Clocks.AtNoon();
        armed = new ArmedTimers(Options.Create(options), new WallClock(clock));
    }

    [TearDown]
    public void Dispose() => armed.Dispose();

    [Test]
    public void TakeDue_gives_what_is_due_in_due_order_and_the_wait_for_the_next()
    {
        var late = Timer(milliseconds: 30);
        var first = Timer(milliseconds: 10);
        var second = Timer(milliseconds: 20);
        armed.Add([late, second, first], Lane.OnTime);
        clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.That(TakeDue(out var wait), Is.EqualTo([first, second]));
        Assert.That(wait, Is.EqualTo(TimeSpan.FromMilliseconds(10)));
    }

    [Test]
    public void TakeDue_a_tick_before_the_instant_gives_nothing()
    {
        armed.Add([Timer(milliseconds: 1)], Lane.OnTime);
        clock.Advance(TimeSpan.FromMilliseconds(1) - TimeSpan.FromTicks(1));

        Assert.That(TakeDue(out var wait), Is.Empty);
        Assert.That(wait, Is.EqualTo(TimeSpan.FromTicks(1)));
    }

    [Test]
    public void TakeDue_of_one_instant_keeps_the_order_of_the_claim()
    {
        var timers = Enumerable.Range(0, 50).Select(_ => Timer(0)).ToList();
        armed.Add(timers, Lane.OnTime);

        Assert.That(TakeDue(out var wait), Is.EqualTo(timers));
        Assert.That(wait, Is.Null);
    }

    [Test]
    public void Add_of_overdue_ones_leaves_them_to_the_caller()
    {
        armed.Add([Timer(0)], Lane.Overdue);

        Assert.That(TakeDue(out _), Is.Empty);
        Assert.That(armed.Count, Is.EqualTo(1));
    }

    [Test]
    public void Add_of_an_earlier_timer_signals_who_waits()
    {
        armed.Add([Timer(milliseconds: 5)], Lane.OnTime);

        Assert.That(armed.Changed.WaitOne(0), Is.True);
    }

    [Test]
    public void TryTake_of_a_waiting_timer_holds_it_back_until_it_is_given_back()
    {
        var timer = Timer(0);
        armed.Add([timer], Lane.OnTime);

        var take = armed.TryTake(timer.Key);
        var held = TakeDue(out _);
        take.Hold!.Dispose();
        var givenBack = TakeDue(out _);

        Assert.That((take.Position, take.Hold.Token), Is.EqualTo((ArmedPosition.Taken, timer.Token)));
        Assert.That(held, Is.Empty);
        Assert.That(givenBack, Is.EqualTo([timer]));
    }

    [Test]
    public void TryTake_and_release_forgets_the_timer()
    {
        var timer = Timer(0);
        armed.Add([timer], Lane.OnTime);

        using (var hold = armed.TryTake(timer.Key).Hold!)
        {
            hold.Release();
        }

        Assert.That(TakeDue(out _), Is.Empty);
        Assert.That(armed.TryTake(timer.Key).Position, Is.EqualTo(ArmedPosition.Absent));
        Assert.That(armed.Room(Lane.OnTime).Timers, Is.EqualTo(50));
    }

    [Test]
    public void TryTake_of_one_that_is_being_sent_says_in_flight_and_of_one_that_another_command_holds_that_it_is_not_there()
    {
        var sent = armed.Add([Timer(0)], Lane.OnTime)[0];
        var taken = armed.Add([Timer(0)], Lane.OnTime)[0];
        sent.TryStart();
        armed.TryTake(taken.Timer.Key);

        Assert.That(armed.TryTake(sent.Timer.Key).Position, Is.EqualTo(ArmedPosition.InFlight));
        Assert.That(armed.TryTake(taken.Timer.Key).Position, Is.EqualTo(ArmedPosition.Absent));
        Assert.That(armed.TryTake(Guid.NewGuid()).Position, Is.EqualTo(ArmedPosition.Absent));
    }

    [Test]
    public void A_timer_given_back_twice_into_the_heap_starts_once()
    {
        var timer = Timer(0);
        armed.Add([timer], Lane.OnTime);
        armed.TryTake(timer.Key).Hold!.Dispose();
        var due = new List<ArmedTimer>();

        armed.TakeDue(due);

        Assert.That(due.Count(one => one.TryStart()), Is.EqualTo(1));
    }

    [Test]
    public async Task TakeDue_while_commands_take_a_timer_and_give_it_back_never_gives_it_before_its_instant()
    {
        var timer = Timer(milliseconds: 5_000);
        armed.Add([timer], Lane.OnTime);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var commands = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                armed.TryTake(timer.Key).Hold?.Dispose();
            }
        });

        var early = new List<ArmedTimer>();
        while (!enough.IsCancellationRequested && early.Count == 0)
        {
            armed.TakeDue(early);
        }

        await enough.CancelAsync();
        await commands;
        Assert.That(early, Is.Empty);
    }

    [Test]
    public void Add_counts_the_bytes_of_all_that_a_client_chose()
    {
        var plain = Timer(0);
        var large = plain with
        {
            Key = Guid.NewGuid(),
            Spec = plain.Spec with { Headers = new Dictionary<string, string> { ["x"] = new('v', 10_000) }, Tags = [new string('t', 60)] },
        };

        var added = armed.Add([plain, large], Lane.OnTime);

        Assert.That(added[1].Bytes - added[0].Bytes, Is.GreaterThanOrEqualTo(sizeof(char) * 10_060));
    }

    [Test]
    public async Task Sender_command_and_hand_back_race_for_a_timer_and_one_wins()
    {
        for (var round = 0; round < 500; round++)
        {
            var timer = Timer(0);
            var one = armed.Add([timer], Lane.OnTime)[0];

            var won = await Task.WhenAll(
                Task.Run(one.TryStart),
                Task.Run(() => armed.TryTake(timer.Key).Position == ArmedPosition.Taken),
                Task.Run(one.TryLeave));

            Assert.That(won.Count(win => win), Is.EqualTo(1));
            armed.Remove(one);
        }
    }

    [Test]
    public void Room_of_a_lane_is_half_and_comes_back_with_what_leaves()
    {
        var timers = armed.Add([Timer(0), Timer(0), Timer(0)], Lane.Overdue);
        var filled = (armed.Room(Lane.Overdue).Timers, armed.Room(Lane.OnTime).Timers);

        armed.Remove(timers[0]);
        armed.Remove(timers[0]);

        Assert.That(filled, Is.EqualTo((47, 50)));
        Assert.That(armed.Room(Lane.Overdue).Timers, Is.EqualTo(48));
        Assert.That(armed.Room(Lane.Overdue).Bytes, Is.EqualTo((options.CapacityBytes / 2) - timers[1].Bytes - timers[2].Bytes));
    }

    [Test]
    public void Room_of_a_timer_claimed_anew_before_its_earlier_claim_was_forgotten_comes_back()
    {
        // A retry that is due at once may be claimed between the write of the outcome and the Runner's forgetting.
        var timer = Timer(0);
        var before = armed.Add([timer], Lane.OnTime)[0];
        var after = armed.Add([timer with { Token = new ClaimToken(99) }], Lane.OnTime)[0];

        armed.Remove(before);
        var held = armed.Count;
        armed.Remove(after);

        Assert.That(held, Is.EqualTo(1));
        Assert.That(armed.Room(Lane.OnTime), Is.EqualTo((50, (long)options.CapacityBytes / 2)));
    }

    [Test]
    public void Drain_takes_out_all_but_what_is_being_sent()
    {
        var timers = armed.Add([Timer(0), Timer(1), Timer(2)], Lane.OnTime);
        timers[1].TryStart();

        Assert.That(armed.Drain(), Is.EquivalentTo([timers[0], timers[2]]));
        Assert.That(armed.Count, Is.EqualTo(1));
        Assert.That(TakeDue(out _), Is.Empty);
    }

    private List<ClaimedTimer> TakeDue(out TimeSpan? wait)
    {
        var due = new List<ArmedTimer>();
        wait = armed.TakeDue(due);
        return due.ConvertAll(one => one.Timer);
    }

    private static ClaimedTimer Timer(int milliseconds) =>
        RunnerParts.Claimed(Clocks.Noon.AddMilliseconds(milliseconds), ATimer.New().Build().Spec);
}
