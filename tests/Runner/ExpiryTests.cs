using Contracts.Timers;
using Runner.Timers.Armed;
using Runner.Timers.Upkeep;
using Tests.Support;

namespace Tests.Runner;

/// <summary>Nothing is sent after its expiry, wherever the Runner has the timer at that instant.</summary>
public sealed class ExpiryTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private Receiver receiver = null!;

    [SetUp]
    public async Task Start() => receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task Stop() => await receiver.DisposeAsync();

    [Test]
    public async Task Enqueue_of_a_timer_that_has_expired_ends_it_unsent_and_tells_watchers()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.Overdue, Timer());
        parts.Clock.Advance(Age);

        parts.Enqueue(armed);

        await EndsUnsentAsync(parts, armed[0].Timer.Key);
        Assert.That(parts.Live.Told, Does.Contain(armed[0].Timer.Id));
        Assert.That(parts.Armed.Count, Is.Zero);
    }

    [Test]
    public async Task Enqueue_a_millisecond_before_the_expiry_sends_it()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = await parts.ArmAsync(Lane.Overdue, Timer());
        parts.Clock.Advance(Age - TimeSpan.FromMilliseconds(1));

        parts.Enqueue(armed);

        await StateBecomesAsync(parts, armed[0].Timer.Key, TimerState.Succeeded);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task SendAsync_of_a_timer_that_expired_while_it_waited_for_its_turn_ends_it_unsent(bool parks)
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, parks ? Timer().Parked() : Timer()))[0];
        parts.Clock.Advance(Age);

        armed.TryStart();
        await parts.Sender.SendAsync(armed);

        await EndsUnsentAsync(parts, armed.Timer.Key);
    }

    [Test]
    public async Task SendAsync_of_a_timer_that_expires_while_a_connection_is_made_writes_nothing()
    {
        await using var parts = await RunnerParts.StartAsync();
        var armed = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];
        var asked = 0;
        parts.Lease.CanLapse = true;
        parts.Lease.OnAsked = () =>
        {
            // First before the exchange, then where its bytes are written.
            if (++asked == 2)
            {
                parts.Clock.Advance(Age);
            }
        };

        armed.TryStart();
        await parts.Sender.SendAsync(armed);

        await EndsUnsentAsync(parts, armed.Timer.Key);
    }

    [Test]
    public async Task An_attempt_that_is_under_way_at_the_expiry_counts_and_none_follows()
    {
        await using var parts = await RunnerParts.StartAsync();
        var status = 500;
        receiver.Answer(context =>
        {
            context.Response.StatusCode = status;
            parts.Clock.Advance(Age);
            return Task.CompletedTask;
        });
        var failing = (await parts.ArmAsync(Lane.OnTime, Timer()))[0];
        failing.TryStart();
        await parts.Sender.SendAsync(failing);
        await StateBecomesAsync(parts, failing.Timer.Key, TimerState.Expired);

        status = 200;
        var succeeding = (await parts.ArmAsync(Lane.OnTime, Timer().DueAt(parts.Clock.GetUtcNow())))[0];
        succeeding.TryStart();
        await parts.Sender.SendAsync(succeeding);
        await StateBecomesAsync(parts, succeeding.Timer.Key, TimerState.Succeeded);
        Assert.That((await parts.FindAsync(failing.Timer.Key)).Attempts, Is.EqualTo(1));
    }

    [Test]
    public async Task Paused_timers_that_expire_end_and_watchers_are_told()
    {
        await using var parts = await RunnerParts.StartAsync();
        var created = Timer().Build();
        await parts.Store.AddAsync([created], default);
        var row = await parts.FindAsync(created.TimerId);
        await parts.Store.TryReplaceAsync(row, row with { State = TimerState.Paused, Version = 2 }, default);
        var pass = new ExpirePass(parts.Store, parts.StoreClock, parts.Live, parts.Metrics);

        Assert.That(await pass.RunOnceAsync(default), Is.Zero);
        parts.Clock.Advance(Age);
        Assert.That(await pass.RunOnceAsync(default), Is.EqualTo(1));

        Assert.That((await parts.FindAsync(row.Key)).State, Is.EqualTo(TimerState.Expired));
        Assert.That(parts.Live.Told, Does.Contain(row.Id));
    }

    private async Task EndsUnsentAsync(RunnerParts parts, Guid key)
    {
        await StateBecomesAsync(parts, key, TimerState.Expired);
        Assert.That(receiver.Count, Is.Zero);
        Assert.That((await parts.FindAsync(key)).Attempts, Is.Zero);
    }

    private static Task StateBecomesAsync(RunnerParts parts, Guid key, TimerState state) =>
        Eventually.That(async () => (await parts.FindAsync(key)).State == state, Deadline, $"it becomes {state}");

    private ATimer Timer() => ATimer.New().WithSpec(spec => spec with { Url = receiver.At("/hook"), MaxAge = Age });
}
