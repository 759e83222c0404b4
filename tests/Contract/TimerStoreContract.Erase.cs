using Contracts.Common;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

/// <content>Timers that are erased, and creates under their keys.</content>
public abstract partial class TimerStoreContract
{
    [TestCase(TimerState.Succeeded)]
    [TestCase(TimerState.Failed)]
    [TestCase(TimerState.Cancelled)]
    public async Task TryEraseAsync_of_a_finished_timer_leaves_nothing_of_it(TimerState state)
    {
        var row = await FinishAsync(state, ATimer.New().WithTags("gone", "other"));
        var neighbour = await AddAsync(ATimer.New().WithTags("gone"));

        Assert.That(await Store.TryEraseAsync(row, Noon, default), Is.True);

        Assert.That(await FindOrNullAsync(row.Key), Is.Null);
        Assert.That(await Store.FindAttemptsAsync(row.Key, default), Is.Empty);
        Assert.That(await Store.FindLastAttemptAsync(Tenant.Default, row.Key, default), Is.Null);
        var tagged = await Store.ListAsync(new TimerQuery { Tags = ["gone"] }, default);
        var all = await Store.ListAsync(new TimerQuery(), default);
        Assert.That((tagged.Items.Single().Key, all.Items.Single().Key), Is.EqualTo((neighbour.Key, neighbour.Key)));
        Assert.That((await Store.ListAsync(new TimerQuery { State = state }, default)).Items, Is.Empty);
        Assert.That((await Store.CountAsync(default)).ByState, Is.EqualTo(new Dictionary<TimerState, long> { [TimerState.Scheduled] = 1 }));
    }

    [Test]
    public async Task TryEraseAsync_twice_does_it_once()
    {
        var row = await FinishAsync(TimerState.Succeeded);

        var erased = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.TryEraseAsync(row, Noon, default))));

        Assert.That(erased.Count(done => done), Is.EqualTo(1));
    }

    [Test]
    public async Task TryEraseAsync_of_a_timer_that_was_replayed_meanwhile_leaves_it_and_its_attempts()
    {
        var row = await FinishAsync(TimerState.Failed);
        var replayed = row with { State = TimerState.Scheduled, Version = row.Version + 1 };
        Assert.That(await Store.TryReplaceAsync(row, replayed, default), Is.True);

        Assert.That(await Store.TryEraseAsync(row, Noon, default), Is.False);

        Assert.That((await FindAsync(row.Key)).State, Is.EqualTo(TimerState.Scheduled));
        Assert.That(await Store.FindAttemptsAsync(row.Key, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task TryEraseAsync_of_a_timer_that_has_not_finished_throws_and_deletes_nothing()
    {
        var row = await AddAsync(ATimer.New());

        Assert.ThrowsAsync<InvalidOperationException>(() => Store.TryEraseAsync(row, Noon, default));
        Assert.That(await FindAsync(row.Key), Is.EqualTo(row));
    }

    [Test]
    public async Task AddAsync_of_creates_from_before_the_erasure_stores_none_however_often_the_log_gives_them()
    {
        var first = ATimer.New().CreatedAt(Noon.AddMinutes(-3)).WithTags("risen").Build();
        var loser = ATimer.New().WithId(first.TimerId).CreatedAt(Noon.AddMinutes(-1)).WithTags("risen").Build();
        var last = ATimer.New().WithId(first.TimerId).CreatedAt(Noon).WithTags("risen").Build();
        await EraseAsync(first);

        await Store.AddAsync([first, loser], default);
        await Store.AddAsync([last, first], default);
        await Store.AddAsync([loser], default);

        Assert.That(await FindOrNullAsync(first.TimerId), Is.Null);
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["risen"] }, default)).Items, Is.Empty);
        Assert.That((await Store.CountAsync(default)).ByState, Is.Empty);
        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
    }

    [Test]
    public async Task AddAsync_after_the_erasure_stores_a_timer_of_its_own_with_another_webhook_id()
    {
        var first = ATimer.New().CreatedAt(Noon.AddMinutes(-3)).WithFingerprint(1).WithTags("old").Build();
        await EraseAsync(first);
        var next = ATimer.New().WithId(first.TimerId).CreatedAt(Noon.AddTicks(1)).DueAt(Noon.AddHours(1)).WithFingerprint(2)
            .WithTags("new").Build();

        await Store.AddAsync([next], default);

        var row = await FindAsync(first.TimerId);
        Assert.That(row with { Spec = next.Spec }, Is.EqualTo(TimerRecord.From(next) with { Occurrence = 2 }));
        Assert.That(await Store.FindAttemptsAsync(row.Key, default), Is.Empty);
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["old"] }, default)).Items, Is.Empty);
        Assert.That((await Store.ListAsync(new TimerQuery { Tags = ["new"] }, default)).Items, Has.Count.EqualTo(1));
        Assert.That((await Store.CountAsync(default)).ByState[TimerState.Scheduled], Is.EqualTo(1));

        await Store.AddAsync([first], default);
        Assert.That(await FindAsync(first.TimerId) with { Spec = row.Spec }, Is.EqualTo(row), "an old create meets the new timer");
        Assert.That((await ClaimAsync(Noon.AddHours(1))).Single().WebhookId, Is.EqualTo($"{row.Key:D}-2"));
    }

    [Test]
    public async Task AddAsync_of_an_old_create_and_a_new_one_in_a_batch_stores_the_new_one()
    {
        var first = ATimer.New().CreatedAt(Noon.AddMinutes(-3)).Build();
        await EraseAsync(first);
        var next = ATimer.New().WithId(first.TimerId).CreatedAt(Noon.AddSeconds(1)).WithFingerprint(7).Build();
        var later = ATimer.New().WithId(first.TimerId).CreatedAt(Noon.AddSeconds(2)).WithFingerprint(8).Build();
        var other = ATimer.New().Build();

        await Store.AddAsync([first, next, later, other], default);

        Assert.That((await FindAsync(first.TimerId)).Fingerprint, Is.EqualTo(7));
        Assert.That(await FindOrNullAsync(other.TimerId), Is.Not.Null);
    }

    [Test]
    public async Task RecordAsync_of_an_erased_timers_late_success_does_not_finish_the_next_one_of_its_key()
    {
        var armed = await ArmAsync(ATimer.New().CreatedAt(Noon.AddMinutes(-3)));
        await CommandAsync(armed.Key, PendingCommand.Cancel);
        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon, default);
        Assert.That(await Store.TryEraseAsync(await FindAsync(armed.Key), Noon, default), Is.True);
        await Store.AddAsync([ATimer.New().WithId(armed.Key).CreatedAt(Noon.AddSeconds(1)).DueAt(Noon.AddDays(1)).Build()], default);

        await Due.RecordAsync([armed.Succeeded()], default);

        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Scheduled));
    }

    [Test]
    public async Task PurgeAsync_forgets_erased_timers_as_late_as_it_deletes_finished_ones()
    {
        var old = ATimer.New().CreatedAt(Noon.AddMinutes(-3)).Build();
        await EraseAsync(old);
        var finished = await FinishAsync(TimerState.Succeeded);

        Assert.That(await Due.PurgeAsync(Noon, 10, default), Is.Zero, "It was erased at noon, not before.");
        await Store.AddAsync([old], default);
        Assert.That(await FindOrNullAsync(old.TimerId), Is.Null);

        Assert.That(await Due.PurgeAsync(Noon.AddSeconds(1), 1, default), Is.EqualTo(1));
        Assert.That(await Due.PurgeAsync(Noon.AddSeconds(1), 10, default), Is.EqualTo(1));
        Assert.That(await Due.PurgeAsync(Noon.AddSeconds(1), 10, default), Is.Zero);
        await Store.AddAsync([old], default);
        Assert.That(await FindOrNullAsync(finished.Key), Is.Null);
        Assert.That((await FindAsync(old.TimerId)).Occurrence, Is.EqualTo(1), "nothing is known of it any more");
    }

    [Test]
    public async Task TryReplaceAsync_with_another_content_keeps_that_contents_fingerprint()
    {
        var row = await AddAsync(ATimer.New().WithFingerprint(1));

        var changed = row with { Fingerprint = -2, Version = 2 };
        await Store.TryReplaceAsync(row, changed, default);
        Assert.That(await FindAsync(row.Key), Is.EqualTo(changed));

        var unkeyed = changed with { Fingerprint = null, Version = 3 };
        await Store.TryReplaceAsync(changed, unkeyed, default);
        Assert.That(await FindAsync(row.Key), Is.EqualTo(unkeyed));
    }

    /// <summary>Stores a timer that ends at noon, with an attempt unless it was cancelled.</summary>
    private async Task<TimerRecord> FinishAsync(TimerState state, ATimer? timer = null)
    {
        if (state == TimerState.Cancelled)
        {
            var row = await AddAsync(timer ?? ATimer.New());
            await CancelAsync(row.Key);
            return await FindAsync(row.Key);
        }

        var armed = await ArmAsync(timer);
        await Due.RecordAsync([state == TimerState.Succeeded ? armed.Succeeded() : armed.Failed()], default);
        return await FindAsync(armed.Key);
    }

    /// <summary>Stores a timer, and erases it at noon.</summary>
    private async Task EraseAsync(TimerScheduled created)
    {
        await Store.AddAsync([created], default);
        await CancelAsync(created.TimerId);
        Assert.That(await Store.TryEraseAsync(await FindAsync(created.TimerId), Noon, default), Is.True);
    }
}
