using Contracts.Timers;
using Infrastructure.Timers.Mongo;
using Tests.Support;

namespace Tests.Contract;

/// <summary>Runners' leases in MongoDB, and what becomes of the claims of Runners that have none.</summary>
[Parallelizable]
public sealed class MongoLeasesTests
{
    private readonly Guid runner = Guid.NewGuid();
    private readonly Guid other = Guid.NewGuid();
    private MongoDatabase database = null!;
    private MongoTimerStore store = null!;
    private MongoRunnerLeases leases = null!;

    private static DateTimeOffset Noon => Clocks.Noon;

    [SetUp]
    public void Open()
    {
        database = MongoDatabase.Take();
        store = new MongoTimerStore(database.Connection, MongoDatabase.Options, Clocks.AtNoon());
        leases = new MongoRunnerLeases(database.Connection);
    }

    [TearDown]
    public void Close()
    {
        store?.Dispose();
        database?.Dispose();
    }

    [Test]
    public async Task FindAsync_gives_what_was_added_and_renewed()
    {
        await leases.AddAsync(new RunnerLeaseRow(runner, Noon.AddSeconds(5), [1, 2]), default);
        await leases.AddAsync(new RunnerLeaseRow(other, Noon.AddSeconds(5), []), default);
        var renewed = new RunnerLeaseRow(runner, Noon.AddSeconds(6), [2, 3]);

        Assert.That(await leases.TryRenewAsync(renewed, Noon.AddSeconds(1), default), Is.True);

        var found = (await leases.FindAsync(default)).ToDictionary(lease => lease.Runner);
        Assert.That(found.Keys, Is.EquivalentTo([runner, other]));
        Assert.That((found[runner].Until, string.Join(' ', found[runner].Shards)), Is.EqualTo((Noon.AddSeconds(6), "2 3")));
    }

    [Test]
    public async Task AddAsync_of_a_name_used_before_is_a_defect()
    {
        await AddLeaseAsync(runner);

        Assert.ThrowsAsync<InvalidOperationException>(() => AddLeaseAsync(runner));
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    [TestCase(1, false)]
    public async Task TryRenewAsync_holds_only_while_the_end_is_ahead(int millisecondsPast, bool renewed)
    {
        await AddLeaseAsync(runner);

        var now = Noon.AddSeconds(5).AddMilliseconds(millisecondsPast);

        Assert.That(await leases.TryRenewAsync(new RunnerLeaseRow(runner, now.AddSeconds(5), []), now, default), Is.EqualTo(renewed));
    }

    [Test]
    public async Task TryRenewAsync_of_a_reaped_or_removed_lease_fails_for_ever()
    {
        await AddLeaseAsync(runner);
        await AddLeaseAsync(other);
        await store.ReclaimAsync(Noon.AddSeconds(7), default);
        await leases.RemoveAsync(other, default);

        foreach (var gone in new[] { runner, other })
        {
            // Even by a clock that was set back.
            Assert.That(await leases.TryRenewAsync(new RunnerLeaseRow(gone, Noon.AddSeconds(9), []), Noon, default), Is.False);
        }

        Assert.That(await leases.FindAsync(default), Is.Empty);
    }

    [TestCase(6_000, 0)]
    [TestCase(6_001, 1)]
    public async Task ReclaimAsync_takes_back_claims_a_second_past_the_lease(int millisecondsPastNoon, int reclaimed)
    {
        await AddLeaseAsync(runner);
        await ArmAsync(runner);

        Assert.That(await store.ReclaimAsync(Noon.AddMilliseconds(millisecondsPastNoon), default), Is.EqualTo(reclaimed));
    }

    [Test]
    public async Task ReclaimAsync_takes_back_only_what_dead_Runners_hold()
    {
        await AddLeaseAsync(runner);
        var held = await ArmAsync(runner);
        var lost = await ArmAsync(other);

        Assert.That(await store.ReclaimAsync(Noon, default), Is.EqualTo(1));

        Assert.That((await FindAsync(held.Key)).State, Is.EqualTo(TimerState.Armed));
        var row = await FindAsync(lost.Key);
        Assert.That((row.State, row.MayStillArrive), Is.EqualTo((TimerState.Scheduled, true)));
    }

    [Test]
    public async Task ReclaimAsync_takes_back_what_appears_under_a_dead_name_later()
    {
        await AddLeaseAsync(runner);
        await store.ReclaimAsync(Noon.AddSeconds(7), default);

        // A claim that was under way when its Runner died.
        await ArmAsync(runner);

        Assert.That(await store.ReclaimAsync(Noon.AddSeconds(8), default), Is.EqualTo(1));
        Assert.That(await store.ReclaimAsync(Noon.AddDays(2), default), Is.Zero);
        await ClaimAsync(runner);
        Assert.That(await store.ReclaimAsync(Noon.AddDays(2), default), Is.EqualTo(1), "Even the reaped row is deleted by now.");
    }

    [TestCase(TimerState.Succeeded)]
    [TestCase(TimerState.Failed)]
    [TestCase(TimerState.Scheduled)]
    [TestCase(TimerState.Ambiguous)]
    public async Task ReclaimAsync_of_a_claim_whose_attempt_is_written_does_what_its_Runner_was_about_to_do(TimerState state)
    {
        var twin = await ArmAsync(runner, ATimer.New().Parked());
        var claim = await ArmAsync(runner, ATimer.New().Parked());
        await store.MarkSendingAsync([twin, claim], default);
        AttemptOutcome Outcome(ClaimedTimer timer) => state switch
        {
            TimerState.Succeeded => timer.Succeeded(),
            TimerState.Failed => timer.Failed(),
            TimerState.Scheduled => timer.Retried(Noon.AddMinutes(3)),
            _ => timer.Ambiguous(),
        };
        await store.RecordAsync([Outcome(twin)], default);
        WriteAttempt(Outcome(claim));

        await store.ReclaimAsync(Noon.AddHours(1), default);

        var whole = await FindAsync(twin.Key);
        var row = await FindAsync(claim.Key);
        Assert.That(
            row with { Key = whole.Key, CreatedAt = whole.CreatedAt, Claim = row.Claim is null ? null : whole.Claim },
            Is.EqualTo(whole));
        Assert.That(row.Claim, Is.EqualTo(state == TimerState.Ambiguous ? claim.Token : (ClaimToken?)null));
        Assert.That(await store.FindAttemptsAsync(claim.Key, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task RecordAsync_after_the_reaper_did_it_from_the_attempt_changes_nothing()
    {
        var claim = await ArmAsync(runner);
        var outcome = claim.Retried(Noon.AddMinutes(3));
        WriteAttempt(outcome);
        await store.ReclaimAsync(Noon, default);
        var before = await FindAsync(claim.Key);

        await store.RecordAsync([outcome], default);

        Assert.That(await FindAsync(claim.Key), Is.EqualTo(before));
    }

    [Test]
    public async Task ReclaimAsync_finds_an_earlier_claims_success_and_finishes_the_timer()
    {
        var stale = await ArmAsync(runner);
        await store.ReclaimAsync(Noon, default);
        await ClaimAsync(other);
        WriteAttempt(stale.Succeeded());

        await store.ReclaimAsync(Noon, default);

        var row = await FindAsync(stale.Key);
        Assert.That((row.State, row.Attempts, row.Claim), Is.EqualTo((TimerState.Succeeded, 1, (ClaimToken?)null)));
    }

    [Test]
    public async Task ReclaimAsync_of_a_claim_that_another_reaper_took_back_leaves_the_next_Runners_alone()
    {
        await AddLeaseAsync(other);
        var dead = await ArmAsync(runner);
        var found = await store.FindClaimsAsync(runner, default);
        Assert.That(await store.ReclaimAsync(Noon, default), Is.EqualTo(1), "the other reaper");
        var live = (await ClaimAsync(other)).Single();

        Assert.That(await store.ReclaimAsync(found, Noon, tenants: null, default), Is.Zero);

        var row = await FindAsync(dead.Key);
        Assert.That((row.State, row.Claim), Is.EqualTo((TimerState.Armed, (ClaimToken?)live.Token)), "or it would be sent twice");
    }

    [Test]
    public async Task ReclaimAsync_never_lets_the_numbers_of_attempts_start_again()
    {
        var stale = await ArmAsync(runner);
        await store.ReclaimAsync(Noon, default);
        await ClaimAsync(other);
        WriteAttempt(stale.Retried(Noon));

        await store.ReclaimAsync(Noon, default);

        Assert.That((await ClaimAsync(runner)).Single().Attempt, Is.EqualTo(2));
    }

    [Test]
    public async Task TryLeadAsync_lets_one_lead_until_its_time_is_up()
    {
        await AddLeaseAsync(runner);
        await AddLeaseAsync(other);
        var led = new List<bool>
        {
            await leases.TryLeadAsync(runner, Noon, Noon.AddSeconds(2), default),
            await leases.TryLeadAsync(other, Noon.AddSeconds(1), Noon.AddSeconds(3), default),
            await leases.TryLeadAsync(runner, Noon.AddSeconds(1), Noon.AddSeconds(3), default),
            await leases.TryLeadAsync(other, Noon.AddSeconds(2), Noon.AddSeconds(4), default),
            await leases.TryLeadAsync(other, Noon.AddSeconds(3), Noon.AddSeconds(4), default),
            await leases.TryLeadAsync(runner, Noon.AddSeconds(3), Noon.AddSeconds(5), default),
        };

        Assert.That(led, Is.EqualTo([true, false, true, false, true, false]));
    }

    [Test]
    public async Task TryLeadAsync_without_a_live_lease_leads_nothing()
    {
        await AddLeaseAsync(runner);

        Assert.That(await leases.TryLeadAsync(other, Noon, Noon.AddSeconds(2), default), Is.False);
        Assert.That(await leases.TryLeadAsync(runner, Noon.AddSeconds(5), Noon.AddSeconds(7), default), Is.False);
    }

    [Test]
    public async Task TryLeadAsync_by_many_at_once_has_one_leader()
    {
        var runners = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToList();
        await Task.WhenAll(runners.Select(AddLeaseAsync));

        var led = await Task.WhenAll(runners.Select(one => leases.TryLeadAsync(one, Noon, Noon.AddSeconds(2), default)));

        Assert.That(led.Count(one => one), Is.EqualTo(1));
    }

    private Task AddLeaseAsync(Guid name) => leases.AddAsync(new RunnerLeaseRow(name, Noon.AddSeconds(5), [0]), default);

    private Task<TimerRecord> FindAsync(Guid key) => FindOneAsync(store, key);

    private static async Task<TimerRecord> FindOneAsync(MongoTimerStore store, Guid key) =>
        (await store.FindAsync([key], default)).Single();

    private Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(Guid name) =>
        store.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Noon, 1_000, long.MaxValue) { Runner = name }, default);

    private async Task<ClaimedTimer> ArmAsync(Guid name, ATimer? timer = null)
    {
        var created = (timer ?? ATimer.New()).Build();
        await store.AddAsync([created], default);
        return (await ClaimAsync(name)).Single(claimed => claimed.Key == created.TimerId);
    }

    /// <summary>As far as a Runner gets that dies between the attempt's row and the timer's.</summary>
    private void WriteAttempt(AttemptOutcome outcome) => database.Run(rows => MongoTimerStore.WriteAttemptsAsync(rows, [outcome]));
}
