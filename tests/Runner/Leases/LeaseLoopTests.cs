using Contracts.Storage;
using Contracts.Timers;
using Infrastructure.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Timers.Leases;
using Runner.Timers.Armed;
using Tests.Support;

namespace Tests.Runner.Leases;

public sealed class LeaseLoopTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly StoreUnavailableException Unreachable = new(WriteOutcome.Unknown, "gone");

    private RunnerParts parts = null!;
    private ManualLeases leases = null!;
    private StoredLease lease = null!;
    private Peers peers = null!;
    private LeaseLoop loop = null!;

    [SetUp]
    public async Task Start()
    {
        parts = await RunnerParts.StartAsync();
        leases = new ManualLeases();
        lease = new StoredLease(parts.Clock);
        peers = new Peers(parts.Clock);
        loop = new LeaseLoop(
            lease, leases, peers, new EveryShard(), parts.Armed, parts.Recorder, parts.StoreClock, parts.Clock,
            NullLogger<LeaseLoop>.Instance);
    }

    [TearDown]
    public async Task Stop()
    {
        loop.Dispose();
        await parts.DisposeAsync();
    }

    [Test]
    public void Before_the_first_renewal_nothing_may_be_sent() => Assert.That(lease.MaySend(lease.Runner), Is.False);

    [Test]
    public async Task A_stored_lease_allows_sending_for_four_seconds_and_lasts_for_five()
    {
        await loop.RunOnceAsync(default);

        Assert.That(leases.Rows.Single().Until, Is.EqualTo(Clocks.Noon.AddSeconds(5)));
        parts.Clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.That(lease.MaySend(lease.Runner), Is.True);
        parts.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(lease.MaySend(lease.Runner), Is.False);
    }

    [Test]
    public async Task Renewals_keep_the_name_and_the_right_to_send()
    {
        await loop.RunOnceAsync(default);
        var runner = lease.Runner;
        for (var i = 0; i < 20; i++)
        {
            parts.Clock.Advance(Second);
            await loop.RunOnceAsync(default);
        }

        Assert.That((lease.Runner, lease.MaySend(runner)), Is.EqualTo((runner, true)));
    }

    [Test]
    public async Task A_renewal_whose_answer_is_lost_grants_nothing()
    {
        await loop.RunOnceAsync(default);
        parts.Clock.Advance(TimeSpan.FromSeconds(2));
        leases.LosesAnswers = true;

        await loop.RunOnceAsync(default);
        parts.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(lease.MaySend(lease.Runner), Is.False);
    }

    [Test]
    public async Task A_first_lease_whose_answer_is_lost_is_followed_by_another_name()
    {
        leases.LosesAnswers = true;
        await loop.RunOnceAsync(default);
        var lost = leases.Rows.Single().Runner;
        leases.LosesAnswers = false;

        await loop.RunOnceAsync(default);

        Assert.That((lease.Runner == lost, lease.MaySend(lease.Runner)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Taken_for_dead_it_goes_on_under_a_new_name_and_gives_back_what_it_had_not_sent()
    {
        await loop.RunOnceAsync(default);
        var old = lease.Runner;
        await parts.Store.AddAsync([ATimer.New().DueAt(Clocks.Noon.AddMinutes(1)).Build()], default);
        var claim = new ClaimRequest(DateTimeOffset.MinValue, Clocks.Noon.AddHours(1), 10, long.MaxValue) { Runner = old };
        parts.Armed.Add(await parts.Store.ClaimAsync(claim, default), Lane.OnTime);
        leases.Reap(old);
        parts.Clock.Advance(Second);

        await loop.RunOnceAsync(default);

        Assert.That((lease.MaySend(old), lease.MaySend(lease.Runner), parts.Armed.Count), Is.EqualTo((false, true, 0)));
        await Eventually.That(
            async () => await parts.CountAsync(TimerState.Scheduled) == 1, TimeSpan.FromSeconds(10), "it is scheduled again");
    }

    [Test]
    public async Task Contact_with_the_store_counts_from_its_last_break()
    {
        await loop.RunOnceAsync(default);
        parts.Clock.Advance(TimeSpan.FromSeconds(7));
        await loop.RunOnceAsync(default);
        var before = peers.Contact;
        leases.Failure = Unreachable;
        await loop.RunOnceAsync(default);
        leases.Failure = null;
        var without = peers.Contact;
        await loop.RunOnceAsync(default);
        parts.Clock.Advance(Second);

        Assert.That((before, without, peers.Contact), Is.EqualTo((TimeSpan.FromSeconds(7), TimeSpan.Zero, Second)));
    }

    [Test]
    public async Task An_answer_that_nobody_expects_counts_as_none_and_the_process_goes_on()
    {
        leases.Failure = new InvalidOperationException("MongoDB refused a command: a code of a later release");
        await loop.StartAsync(default);
        await Eventually.That(() => leases.Failed > 0, TimeSpan.FromSeconds(10), "it is asked for");
        leases.Failure = null;
        await Eventually.That(
            () =>
            {
                parts.Clock.Advance(Second);
                return lease.MaySend(lease.Runner);
            },
            TimeSpan.FromSeconds(10),
            () => $"it has a lease; {loop.ExecuteTask!.Status}");
        await loop.StopAsync(default);
    }

    [Test]
    public async Task Stopping_ends_the_lease()
    {
        await loop.StartAsync(default);
        await Eventually.That(() => leases.Rows.Count == 1, TimeSpan.FromSeconds(10), "it is stored");

        await loop.StopAsync(default);

        Assert.That(leases.Rows, Is.Empty);
    }
}
