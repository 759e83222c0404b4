using Contracts.Storage;
using Contracts.Timers;
using Microsoft.AspNetCore.Http;
using Runner.Timers.Armed;
using Runner.Timers.Delivery;
using Tests.Support;

namespace Tests.Runner;

public sealed class WebhookSenderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private Receiver receiver = null!;

    [SetUp]
    public async Task Start() => receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task Stop() => await receiver.DisposeAsync();

    [Test]
    public async Task SendAsync_records_the_attempt_with_its_lateness_and_forgets_the_timer()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];
        parts.Clock.Advance(TimeSpan.FromMilliseconds(3));

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Succeeded);
        var attempt = await parts.Store.FindLastAttemptAsync(armed.Timer.Key, default);
        Assert.That((attempt!.Number, attempt.Status, attempt.Lateness), Is.EqualTo((1, (int?)200, TimeSpan.FromMilliseconds(3))));
        await Eventually.That(() => parts.Armed.Count == 0, Deadline, "the Runner forgets it");
    }

    [TestCase("", true)]
    [TestCase("other, another", true)]
    [TestCase("other, default", false)]
    [TestCase("*", false)]
    public async Task SendAsync_keeps_the_response_unless_it_is_a_tenants_whose_responses_are_discarded(string discard, bool isKept)
    {
        receiver.Answer(context => context.Response.WriteAsync("received"));
        await using var parts = await RunnerParts.StartAsync(delivery: new DeliveryOptions { DiscardResponses = discard });
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Succeeded);
        var attempt = await parts.Store.FindLastAttemptAsync(armed.Timer.Key, default);
        Assert.That((attempt!.Status, attempt.Response.Length), Is.EqualTo(((int?)200, isKept ? "received".Length : 0)));
    }

    [Test]
    public async Task SendAsync_of_a_snoozed_timer_schedules_it_and_its_attempt_is_no_success()
    {
        receiver.Answer(context =>
        {
            context.Response.Headers["Timer-Snooze"] = "PT10M";
            return Task.CompletedTask;
        });
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Scheduled);
        var row = await parts.FindAsync(armed.Timer.Key);
        var attempt = await parts.Store.FindLastAttemptAsync(armed.Timer.Key, default);
        Assert.That((row.NextAt, row.Attempts, row.Occurrence), Is.EqualTo((parts.Clock.GetUtcNow().AddMinutes(10), 1, 1)));
        Assert.That((attempt!.Status, attempt.Succeeded), Is.EqualTo(((int?)200, false)));
        Assert.That(attempt.Error, Does.StartWith("the receiver asked for it again at "));
    }

    [TestCase("")]
    [TestCase("*")]
    [TestCase("acme, default")]
    public void Tenants_whose_responses_are_discarded_are_named(string names) => Assert.That(KeptResponses.AreTenants(names), Is.True);

    [TestCase("Acme")]
    [TestCase("acme; other")]
    [TestCase("acme, ü")]
    public void Anything_else_is_no_list_of_tenants(string names) => Assert.That(KeptResponses.AreTenants(names), Is.False);

    [Test]
    public async Task SendAsync_out_of_time_for_stopping_hands_back_and_makes_no_attempt()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime,
            Timer().WithSpec(spec => spec with { Retry = new RetryPolicy { Attempts = 1 } })))[0];
        parts.Sender.Abort();

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Scheduled);
        Assert.That((await parts.FindAsync(armed.Timer.Key)).Attempts, Is.Zero);
        Assert.That(await parts.Store.FindLastAttemptAsync(armed.Timer.Key, default), Is.Null);
        Assert.That(receiver.Count, Is.Zero);
    }

    [Test]
    public async Task SendAsync_that_fails_offers_it_again_later_with_the_promise_kept()
    {
        await using var parts = await RunnerParts.StartAsync();
        receiver.Answer(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Scheduled);
        var row = await parts.FindAsync(armed.Timer.Key);
        Assert.That((row.DueAt, row.NextAt, row.Attempts), Is.EqualTo((Clocks.Noon, Clocks.Noon.AddSeconds(5), 1)));
    }

    [Test]
    public async Task SendAsync_under_the_park_policy_has_marked_the_timer_when_the_request_arrives()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer().Parked()))[0];
        TimerState? atArrival = null;
        receiver.Answer(async _ => atArrival = (await parts.FindAsync(armed.Timer.Key)).State);

        await SendAsync(parts, armed);

        Assert.That(atArrival, Is.EqualTo(TimerState.Sending));
        await BecomesAsync(parts, armed, TimerState.Succeeded);
    }

    [Test]
    public async Task SendAsync_under_the_park_policy_with_the_store_down_sends_nothing_and_gives_it_back()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer().Parked()))[0];
        parts.Store.Failure = new StoreUnavailableException(WriteOutcome.Unknown, "down");

        await SendAsync(parts, armed);
        parts.Store.Failure = null;

        await TurnUntilAsync(parts, armed, TimerState.Scheduled);
        Assert.That(receiver.Count, Is.Zero);
        Assert.That((await parts.FindAsync(armed.Timer.Key)).Attempts, Is.Zero);
    }

    [Test]
    public async Task SendAsync_under_the_park_policy_of_a_claim_that_is_over_sends_nothing()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer().Parked()))[0];
        await parts.Store.ReclaimAsync(Clocks.Noon, default);

        await SendAsync(parts, armed);

        Assert.That(receiver.Count, Is.Zero);
    }

    [Test]
    public async Task SendAsync_without_the_lease_sends_nothing_and_gives_it_back()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];
        parts.Lease.IsLive = false;

        await SendAsync(parts, armed);

        await BecomesAsync(parts, armed, TimerState.Scheduled);
        Assert.That(receiver.Count, Is.Zero);
        Assert.That((await parts.FindAsync(armed.Timer.Key)).NextAt, Is.EqualTo(Clocks.Noon));
    }

    private static Task SendAsync(RunnerParts parts, ArmedTimer armed)
    {
        armed.TryStart();
        return parts.Sender.SendAsync(armed);
    }

    private static Task BecomesAsync(RunnerParts parts, ArmedTimer armed, TimerState state) =>
        Eventually.That(async () => (await parts.FindAsync(armed.Timer.Key)).State == state, Deadline, $"it becomes {state}");

    private static Task TurnUntilAsync(RunnerParts parts, ArmedTimer armed, TimerState state) =>
        Eventually.That(
            async () =>
            {
                // What waits for the store waits by this clock.
                parts.Clock.Advance(TimeSpan.FromSeconds(1));
                return (await parts.FindAsync(armed.Timer.Key)).State == state;
            },
            Deadline,
            $"it becomes {state}");

    private ATimer Timer() => ATimer.New().WithSpec(spec => spec with { Url = receiver.At("/hook") });
}
