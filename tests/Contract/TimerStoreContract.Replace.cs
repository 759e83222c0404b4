using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class TimerStoreContract
{
    [Test]
    public async Task TryReplaceAsync_of_what_was_read_writes_every_field_but_the_key()
    {
        var row = await AddAsync(ATimer.New());
        var changed = row with
        {
            State = TimerState.Paused,
            DueAt = Noon.AddDays(2),
            NextAt = Noon.AddDays(3),
            Attempts = 4,
            AttemptsBeforeReplay = 3,
            Occurrence = 2,
            Pending = PendingCommand.Pause,
            MayStillArrive = true,
            Version = row.Version + 1,
            Spec = row.Spec with { Method = "PUT" },
        };

        Assert.That(await Store.TryReplaceAsync(row, changed, default), Is.True);

        Assert.That(await FindAsync(row.Key), Is.EqualTo(changed));
    }

    [Test]
    public async Task TryReplaceAsync_after_another_change_writes_nothing()
    {
        var row = await AddAsync(ATimer.New());
        var first = row with { NextAt = Noon.AddHours(1), Version = row.Version + 1 };
        await Store.TryReplaceAsync(row, first, default);

        var second = await Store.TryReplaceAsync(row, row with { NextAt = Noon.AddHours(2), Version = row.Version + 1 }, default);

        Assert.That(second, Is.False);
        Assert.That(await FindAsync(row.Key), Is.EqualTo(first));
    }

    [Test]
    public async Task TryReplaceAsync_of_a_timer_claimed_meanwhile_writes_nothing()
    {
        // A claim leaves the version as it is, so the state has to tell.
        var row = await AddAsync(ATimer.New());
        await ClaimAsync(Noon);

        Assert.That(await Store.TryReplaceAsync(row, row with { State = TimerState.Cancelled }, default), Is.False);
        Assert.That((await FindAsync(row.Key)).State, Is.EqualTo(TimerState.Armed));
    }

    [Test]
    public async Task TryReplaceAsync_of_a_timer_claimed_anew_meanwhile_writes_nothing()
    {
        // Same version and same state: only the claim tells one from the other.
        var armed = await ArmAsync();
        var row = await FindAsync(armed.Key);
        await Due.HandBackAsync([new HandBack(armed.Key, armed.Token, Noon)], Noon, default);
        await ClaimAsync(Noon);

        Assert.That(await Store.TryReplaceAsync(row, row with { Pending = PendingCommand.Cancel }, default), Is.False);
        Assert.That((await FindAsync(row.Key)).Pending, Is.EqualTo(PendingCommand.None));
    }

    [Test]
    public async Task TryReplaceAsync_of_a_timer_that_is_not_there_says_so()
    {
        var row = TimerRecord.From(ATimer.New().Build());

        Assert.That(await Store.TryReplaceAsync(row, row with { State = TimerState.Paused }, default), Is.False);
        Assert.That(await FindOrNullAsync(row.Key), Is.Null);
    }

    [Test]
    public async Task TryReplaceAsync_of_a_step_that_the_lifecycle_forbids_throws_and_writes_nothing()
    {
        var row = await AddAsync(ATimer.New());
        await CancelAsync(row.Key);
        var cancelled = await FindAsync(row.Key);

        Assert.ThrowsAsync<InvalidOperationException>(
            () => Store.TryReplaceAsync(cancelled, cancelled with { State = TimerState.Scheduled }, default));
        Assert.That(await FindAsync(row.Key), Is.EqualTo(cancelled));
    }

    [Test]
    public async Task TryReplaceAsync_of_tags_finds_it_by_the_new_ones_only()
    {
        var row = await AddAsync(ATimer.New().WithTags("old", "both"));

        await Store.TryReplaceAsync(row, row with { Spec = row.Spec with { Tags = ["both", "new"] }, Version = row.Version + 1 }, default);

        var found = new List<int>();
        foreach (var tag in new[] { "old", "both", "new" })
        {
            found.Add((await Store.ListAsync(new TimerQuery { Tags = [tag] }, default)).Items.Count);
        }

        Assert.That(found, Is.EqualTo([0, 1, 1]));
    }

    [Test]
    public async Task TryReplaceAsync_by_many_at_once_has_one_winner()
    {
        var row = await AddAsync(ATimer.New());

        var won = await Task.WhenAll(Enumerable.Range(1, 16).Select(hour => Task.Run(async () =>
            (Hour: hour, Done: await Store.TryReplaceAsync(
                row, row with { NextAt = Noon.AddHours(hour), Version = row.Version + 1 }, default)))));

        var winner = won.Single(one => one.Done);
        Assert.That((await FindAsync(row.Key)).NextAt, Is.EqualTo(Noon.AddHours(winner.Hour)));
    }

    [Test]
    public async Task TryReplaceAsync_against_a_claim_lets_exactly_one_of_them_have_the_timer()
    {
        for (var round = 0; round < 50; round++)
        {
            var row = await AddAsync(ATimer.New());
            var claim = Task.Run(() => ClaimAsync(Noon));
            var cancel = Task.Run(
                () => Store.TryReplaceAsync(row, row with { State = TimerState.Cancelled, Version = row.Version + 1 }, default));

            var claimed = (await claim).Count;

            Assert.That(claimed, Is.EqualTo(await cancel ? 0 : 1));
        }
    }
}
