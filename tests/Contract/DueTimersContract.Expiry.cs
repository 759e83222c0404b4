using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class DueTimersContract
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Test]
    public async Task A_timer_keeps_its_expiry_and_is_claimed_with_it()
    {
        var fixedEnd = await AddAsync(Expiring(Noon.AddMinutes(1)));
        var aged = await AddAsync(ATimer.New().WithSpec(spec => spec with { MaxAge = Minute }));
        var endless = await AddAsync(ATimer.New());

        var claimed = (await ClaimAsync(Noon)).ToDictionary(timer => timer.Key, timer => timer.ExpiresAt);

        var expected = ((DateTimeOffset?)(Noon + Minute), (DateTimeOffset?)(Noon + Minute), (DateTimeOffset?)null);
        Assert.That((fixedEnd.ExpiresAt, aged.ExpiresAt, endless.ExpiresAt), Is.EqualTo(expected));
        Assert.That((claimed[fixedEnd.Key], claimed[aged.Key], claimed[endless.Key]), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_timer_that_is_handed_back_after_its_expiry_ends_unsent()
    {
        var armed = await ArmAsync(Expiring(Noon.AddMinutes(1)));

        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon + Minute, default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.NextAt, row.Attempts), Is.EqualTo((TimerState.Expired, Noon + Minute, 0)));
        Assert.That(row.Claim, Is.Null);
        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
        Assert.That((await Store.CountAsync(default)).ByState, Is.EqualTo(new Dictionary<TimerState, long> { [TimerState.Expired] = 1 }));
    }

    [Test]
    public async Task A_timer_that_is_handed_back_until_after_its_expiry_falls_due_at_its_expiry()
    {
        var armed = await ArmAsync(Expiring(Noon.AddMinutes(1)));

        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon.AddHours(1))], Noon, default);

        Assert.That((await ClaimAsync(Noon + Minute)).Single().NextAt, Is.EqualTo(Noon + Minute));
    }

    // An attempt of 12 ms that began at noon.
    [TestCase(12, TimerState.Expired)]
    [TestCase(13, TimerState.Scheduled)]
    public async Task RecordAsync_of_a_failure_retries_until_the_expiry_only(int milliseconds, TimerState expected)
    {
        var end = Noon.AddMilliseconds(milliseconds);
        var armed = await ArmAsync(Expiring(end));

        await Due.RecordAsync([armed.Retried(Noon.AddHours(1))], default);

        var row = await FindAsync(armed.Key);
        Assert.That((row.State, row.NextAt, row.Attempts), Is.EqualTo((expected, end, 1)));
    }

    [Test]
    public async Task RecordAsync_of_a_success_after_the_expiry_is_a_success()
    {
        var armed = await ArmAsync(Expiring(Noon.AddMilliseconds(1)));

        await Due.RecordAsync([armed.Succeeded()], default);

        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Succeeded));
    }

    [Test]
    public async Task A_late_success_of_a_lost_attempt_finishes_a_timer_that_has_expired_since()
    {
        var armed = await ArmAsync(Expiring(Noon.AddMinutes(1)));
        await Due.ReclaimAsync(Noon + Minute, default);
        var lost = await FindAsync(armed.Key);

        await Due.RecordAsync([armed.Succeeded()], default);

        Assert.That((lost.State, lost.MayStillArrive), Is.EqualTo((TimerState.Expired, true)), "an attempt may have been made");
        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Succeeded));
    }

    [Test]
    public async Task ExpireAsync_ends_paused_timers_from_their_expiry_on_and_no_others()
    {
        var early = await PausedAsync(Expiring(Noon.AddMinutes(1)));
        var late = await PausedAsync(Expiring(Noon.AddMinutes(2)));
        var endless = await PausedAsync(ATimer.New());
        var waiting = await AddAsync(Expiring(Noon.AddMinutes(1)));

        Assert.That(await Due.ExpireAsync(Noon + Minute - TimeSpan.FromMilliseconds(1), 10, default), Is.Empty);
        var ended = await Due.ExpireAsync(Noon + Minute, 10, default);

        Assert.That(ended.Select(timer => (timer.Key, timer.State, timer.Tenant)), Is.EqualTo([(early, TimerState.Expired, "default")]));
        Assert.That(ended[0], Is.EqualTo(await FindAsync(early)));
        foreach (var key in new[] { late, endless })
        {
            Assert.That((await FindAsync(key)).State, Is.EqualTo(TimerState.Paused));
        }

        Assert.That((await FindAsync(waiting.Key)).State, Is.EqualTo(TimerState.Scheduled));
        var expired = await Store.ListAsync(new TimerQuery { State = TimerState.Expired }, default);
        Assert.That(expired.Items.Select(row => row.Key), Is.EqualTo([early]));
    }

    [Test]
    public async Task ExpireAsync_takes_at_most_the_limit()
    {
        for (var i = 0; i < 3; i++)
        {
            await PausedAsync(Expiring(Noon.AddSeconds(i)));
        }

        Assert.That(await Due.ExpireAsync(Noon.AddHours(1), 2, default), Has.Count.EqualTo(2));
        Assert.That(await Due.ExpireAsync(Noon.AddHours(1), 2, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_changed_expiry_is_in_force_and_a_removed_one_is_not()
    {
        var row = await AddAsync(Expiring(Noon.AddMinutes(1)));
        var longer = (row with { Spec = row.Spec with { ExpiresAt = Noon.AddHours(1) }, Version = 2 }).Expiring();
        var none = (longer with { Spec = longer.Spec with { ExpiresAt = null }, Version = 3 }).Expiring();

        Assert.That(await Store.TryReplaceAsync(row, longer, default), Is.True);
        Assert.That((await FindAsync(row.Key)).ExpiresAt, Is.EqualTo(Noon.AddHours(1)));
        Assert.That(await Store.TryReplaceAsync(longer, none, default), Is.True);
        Assert.That((await FindAsync(row.Key)).ExpiresAt, Is.Null);
    }

    [Test]
    public async Task An_expired_timer_is_purged_after_its_end()
    {
        var armed = await ArmAsync(Expiring(Noon.AddMinutes(1)));
        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon.AddHours(1), default);

        Assert.That(await Due.PurgeAsync(Noon.AddHours(1), 10, default), Is.Zero, "it ended then, and not at its expiry");
        Assert.That(await Due.PurgeAsync(Noon.AddHours(1).AddMilliseconds(1), 10, default), Is.EqualTo(1));
    }

    private static ATimer Expiring(DateTimeOffset at) => ATimer.New().WithSpec(spec => spec with { ExpiresAt = at });

    private async Task<Guid> PausedAsync(ATimer timer)
    {
        var row = await AddAsync(timer);
        Assert.That(
            await Store.TryReplaceAsync(row, row with { State = TimerState.Paused, Version = row.Version + 1 }, default), Is.True);
        return row.Key;
    }
}
