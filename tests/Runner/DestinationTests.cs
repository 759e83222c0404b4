using System.Net;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.AspNetCore.Http;
using Runner.Timers.Delivery;
using Runner.Jobs;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Receivers with real requests to them: bounded, in order, each one's trouble its own.</summary>
public sealed class DestinationTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private Gate gate = null!;
    private Receiver receiver = null!;

    [SetUp]
    public async Task Start()
    {
        gate = new Gate();
        receiver = await Receiver.StartAsync(gate.AnswerAsync);
    }

    [TearDown]
    public async Task Stop()
    {
        gate.Open();
        await receiver.DisposeAsync();
    }

    [Test]
    public async Task Enqueue_of_many_has_a_bounded_number_under_way_and_sends_each_once()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 3 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(20)));
        await ArrivedAsync(3);
        var underWay = parts.Destinations.InFlight;

        gate.Open();
        await ArrivedAsync(20);

        Assert.That((underWay, gate.Max), Is.EqualTo((3, 3)));
        Assert.That(receiver.Journal.Select(arrival => arrival.WebhookId), Is.Unique);
        await Eventually.That(async () => await parts.CountAsync(TimerState.Succeeded) == 20, Deadline, "all outcomes are stored");
    }

    [Test]
    public async Task Enqueue_with_one_slot_sends_in_due_order()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        gate.Open();

        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(10)));
        await ArrivedAsync(10);

        Assert.That(receiver.Journal.Select(arrival => arrival.DueAt), Is.Ordered);
    }

    [Test]
    public async Task Each_tenant_has_requests_of_its_own_under_way_to_one_receiver()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 2 });
        parts.Enqueue(await ArmAsync(parts, "loud", 20));
        await ArrivedAsync(2);

        parts.Enqueue(await ArmAsync(parts, "quiet", 1));
        await ArrivedAsync(3);

        Assert.That(receiver.Journal[2].Path, Is.EqualTo("/quiet"), "it waits for nobody");
        Assert.That(parts.Destinations.InFlight, Is.EqualTo(3));
        gate.Open();
        await ArrivedAsync(21);
    }

    [Test]
    public async Task Tenants_take_turns_at_what_an_address_allows()
    {
        await using var parts = await RunnerParts.StartAsync(
            delivery: new DeliveryOptions { InFlightPerAddress = 1, InFlightPerDestination = 1 });
        parts.Enqueue(await ArmAsync(parts, "loud", 40));
        await ArrivedAsync(1);
        parts.Enqueue(await ArmAsync(parts, "quiet", 1));
        var share = parts.Budget.Join(new IPEndPoint(IPAddress.Loopback, receiver.At("/").Port));
        await Eventually.That(() => parts.Budget.IsWaitedFor(share, own: null), Deadline, "it waits for a slot");

        gate.Open();
        await ArrivedAsync(41);

        Assert.That(receiver.Journal.Select(arrival => arrival.Path).ToList().IndexOf("/quiet"), Is.LessThanOrEqualTo(20));
    }

    [Test]
    public async Task Enqueue_of_overdue_ones_leaves_half_of_the_slots_to_what_is_on_time()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 4 });
        parts.Enqueue(await parts.ArmAsync(Lane.Overdue, Timers(10, "/overdue")));
        await ArrivedAsync(2);
        var overdueOnly = parts.Destinations.InFlight;

        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(5, "/on-time")));
        await ArrivedAsync(4);

        Assert.That(overdueOnly, Is.EqualTo(2));
        Assert.That(receiver.Journal.Count(arrival => arrival.Path == "/on-time"), Is.EqualTo(2));
    }

    [Test]
    public async Task Enqueue_of_what_is_on_time_does_not_starve_the_overdue_ones()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(1)));
        await ArrivedAsync(1);
        parts.Enqueue(await parts.ArmAsync(Lane.Overdue, Timers(1, "/overdue")));
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(30, "/on-time")));

        gate.Open();
        await ArrivedAsync(32);

        Assert.That(receiver.Journal.Select(arrival => arrival.Path).ToList().IndexOf("/overdue"), Is.LessThanOrEqualTo(8));
    }

    [Test]
    public async Task Enqueue_to_a_hanging_destination_leaves_another_alone()
    {
        await using var quick = await Receiver.StartAsync();
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 2 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(50)));
        await ArrivedAsync(2);

        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(50, to: quick)));

        await Eventually.That(() => quick.Count == 50, Deadline, "the quick one gets all of its own");
        Assert.That(receiver.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task CollectStuck_takes_out_what_would_wait_too_long_with_the_instant_at_which_its_turn_may_come()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 2 });
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(9));
        parts.Enqueue(armed);
        await ArrivedAsync(2);
        var atOnce = parts.Destinations.CollectStuck(parts.StoreClock.Now);
        parts.Clock.Advance(TimeSpan.FromMilliseconds(999));
        var tooSoonToTell = parts.Destinations.CollectStuck(parts.StoreClock.Now);

        // None has ended within a second, so at best one a second will: five of the seven that wait are within 5 s.
        parts.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var stuck = parts.Destinations.CollectStuck(parts.StoreClock.Now);

        Assert.That((atOnce.Count, tooSoonToTell.Count), Is.EqualTo((0, 0)));
        Assert.That(stuck.Select(one => one.Timer), Is.EqualTo(armed.Skip(7)));
        Assert.That(
            stuck.Select(one => (one.NextAt - parts.StoreClock.Now).TotalSeconds), Is.EqualTo([1, 1]), "it is slow for the first time");
        Assert.That(stuck.Select(one => one.Timer.TryStart()), Has.All.False);
    }

    [Test]
    public async Task CollectStuck_lets_timers_stay_away_no_longer_than_the_trouble_has_lasted()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(1)));
        await ArrivedAsync(1);

        // Its turn is 40 s away, at one a second.
        async Task<double> ReturnAsync(double after)
        {
            for (var passed = 0.0; passed < after; passed++)
            {
                parts.Clock.Advance(TimeSpan.FromSeconds(Math.Min(1, after - passed)));
                parts.Destinations.CollectStuck(parts.StoreClock.Now);
            }

            parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(40)));
            return (parts.Destinations.CollectStuck(parts.StoreClock.Now)[^1].NextAt - parts.StoreClock.Now).TotalSeconds;
        }

        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(1)));
        parts.Destinations.CollectStuck(parts.StoreClock.Now);
        double[] hanging =
            [await ReturnAsync(after: 2), await ReturnAsync(after: 0.5), await ReturnAsync(after: 7.5), await ReturnAsync(after: 25)];
        var seldom = await ReturnAsync(after: 31);

        Assert.That(hanging, Is.EqualTo([1, 1, 8, 30]));
        Assert.That(seldom, Is.EqualTo(1), "the trouble before was over");
    }

    [Test]
    public async Task CollectStuck_estimates_when_the_turn_of_each_comes()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(30)));
        await ArrivedAsync(1);
        parts.Destinations.CollectStuck(parts.StoreClock.Now);
        parts.Clock.Advance(TimeSpan.FromSeconds(2));
        var first = parts.Destinations.CollectStuck(parts.StoreClock.Now);
        for (var second = 0; second < 20; second++)
        {
            parts.Clock.Advance(TimeSpan.FromSeconds(1));
            parts.Destinations.CollectStuck(parts.StoreClock.Now);
        }

        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(30)));
        var later = parts.Destinations.CollectStuck(parts.StoreClock.Now);

        // At best one goes every two seconds, so two of those that wait are within 5 s.
        Assert.That(first, Has.Count.EqualTo(27));
        Assert.That(later.Select(one => (one.NextAt - parts.StoreClock.Now).TotalSeconds).Take(3), Is.EqualTo(new[] { 4.0, 6, 8 }));
        Assert.That((later[^1].NextAt - parts.StoreClock.Now).TotalSeconds, Is.EqualTo(20));
    }

    [Test]
    public async Task CollectStuck_after_a_pause_of_the_whole_process_concludes_nothing()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(30)));
        await ArrivedAsync(1);
        parts.Destinations.CollectStuck(parts.StoreClock.Now);

        parts.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.That(parts.Destinations.CollectStuck(parts.StoreClock.Now), Is.Empty);
    }

    [Test]
    public async Task HandBackStuckJob_gives_what_is_stuck_back_to_the_store_with_no_attempt_counted()
    {
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { InFlightPerDestination = 1 });
        parts.Enqueue(await parts.ArmAsync(Lane.OnTime, Timers(9)));
        await ArrivedAsync(1);
        var job = new HandBackStuckJob(
            parts.Destinations, parts.Recorder, parts.StoreClock, new StoreOutage(parts.Clock, NullLogger<StoreOutage>.Instance));
        await job.Execute(null!);
        parts.Clock.Advance(TimeSpan.FromSeconds(1));

        await job.Execute(null!);

        await Eventually.That(async () => await parts.CountAsync(TimerState.Scheduled) == 3, Deadline, "three are back in the store");
        var rows = (await parts.Store.ListAsync(new TimerQuery { State = TimerState.Scheduled }, default)).Items;
        Assert.That(
            rows, Has.All.Matches<TimerRecord>(row => row.Attempts == 0 && row.NextAt > parts.StoreClock.Now && !row.MayStillArrive));
        Assert.That(parts.Armed.Count, Is.EqualTo(6));
    }

    [Test]
    public async Task A_timer_that_a_command_holds_is_not_sent_and_the_next_one_is()
    {
        await using var parts = await RunnerParts.StartAsync();
        gate.Open();
        var armed = await parts.ArmAsync(Lane.OnTime, Timers(2));
        parts.Armed.TryTake(armed[0].Timer.Key);

        parts.Enqueue(armed);

        await ArrivedAsync(1);
        await Eventually.That(async () => await parts.CountAsync(TimerState.Succeeded) == 1, Deadline, "the other one is done");
        Assert.That(receiver.Journal.Single().WebhookId, Is.EqualTo(armed[1].Timer.WebhookId));
    }

    private Task ArrivedAsync(int count) =>
        Eventually.That(() => receiver.Count == count, Deadline, () => $"{count} arrive, {receiver.Count} have");

    /// <summary>Timers of a tenant, to a path called like it.</summary>
    private async Task<IReadOnlyList<ArmedTimer>> ArmAsync(RunnerParts parts, string tenant, int count)
    {
        var timers = Enumerable.Range(0, count).Select(i => ATimer.New().OwnedBy(tenant, $"{tenant}-{i}")
            .DueAt(Clocks.Noon.AddMilliseconds(i)).WithSpec(spec => spec with { Url = receiver.At($"/{tenant}") }).Build());
        await parts.Store.AddAsync(
            [.. timers.Select(timer => new Received<TimerScheduled>(timer, LogPosition.None) { Tenant = tenant })], default);
        return await parts.ArmAsync(Lane.OnTime);
    }

    private IEnumerable<ATimer> Timers(int count, string path = "/hook", Receiver? to = null) =>
        Enumerable.Range(0, count).Select(i => ATimer.New().DueAt(Clocks.Noon.AddMilliseconds(i))
            .WithSpec(spec => spec with { Url = (to ?? receiver).At(path) }));

    /// <summary>Holds answers back until it is opened, and counts how many it held at once.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock counting = new();
        private int now;

        public int Max { get; private set; }

        public void Open() => opened.TrySetResult();

        public async Task AnswerAsync(HttpContext context)
        {
            Count(1);
            await opened.Task;
            Count(-1);
        }

        private void Count(int change)
        {
            lock (counting)
            {
                now += change;
                Max = Math.Max(Max, now);
            }
        }
    }
}
