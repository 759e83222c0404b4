using System.Text;
using Contracts.Common;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

/// <summary>What <see cref="IDueTimers"/> promises, of every implementation.</summary>
public abstract partial class DueTimersContract : TimerStorageSuite
{
    [Test]
    public async Task ClaimAsync_gives_due_timers_in_due_order_whatever_order_they_came_in()
    {
        var third = await AddAsync(ATimer.New().DueAt(Noon.AddMilliseconds(3)));
        var first = await AddAsync(ATimer.New().DueAt(Noon.AddMilliseconds(1)));
        var second = await AddAsync(ATimer.New().DueAt(Noon.AddMilliseconds(2)));

        var claimed = await ClaimAsync(Noon.AddMinutes(1));

        Assert.That(claimed.Select(timer => timer.Key), Is.EqualTo([first.Key, second.Key, third.Key]));
    }

    [Test]
    public async Task ClaimAsync_gives_each_timer_as_it_is_stored()
    {
        var created = ATimer.New().DueAt(Noon).WithSpec(spec => spec with
        {
            Method = "PUT",
            Body = new RawContent("text"u8.ToArray(), IsJson: false),
            OwnId = "mine",
            Timeout = TimeSpan.FromSeconds(2),
        }).Build();
        await Store.AddAsync([created], default);

        var timer = (await ClaimAsync(Noon)).Single();

        Assert.That(timer, Is.EqualTo(new ClaimedTimer(created.TimerId, timer.Token, Noon, Noon, 1, 0, 0, created.Spec)));
        var row = await FindAsync(created.TimerId);
        Assert.That((row.State, row.Claim, row.Version), Is.EqualTo((TimerState.Armed, (ClaimToken?)timer.Token, 1)));
    }

    [Test]
    public async Task ClaimAsync_takes_what_is_due_later_than_After_and_by_Until()
    {
        for (var millisecond = 0; millisecond < 5; millisecond++)
        {
            await AddAsync(ATimer.New().DueAt(Noon.AddMilliseconds(millisecond)));
        }

        var claimed = await Due.ClaimAsync(new ClaimRequest(Noon.AddMilliseconds(1), Noon.AddMilliseconds(3), 10, long.MaxValue), default);

        Assert.That(claimed.Select(timer => timer.NextAt), Is.EqualTo([Noon.AddMilliseconds(2), Noon.AddMilliseconds(3)]));
    }

    [Test]
    public async Task ClaimAsync_until_less_than_a_millisecond_before_the_instant_takes_nothing()
    {
        await AddAsync(ATimer.New().DueAt(Noon));

        Assert.That(await ClaimAsync(Noon.AddTicks(-1)), Is.Empty);
    }

    [Test]
    public async Task ClaimAsync_takes_at_most_the_limit_the_earliest_first_and_offers_the_rest_again()
    {
        for (var second = 4; second >= 0; second--)
        {
            await AddAsync(ATimer.New().DueAt(Noon.AddSeconds(second)));
        }

        var first = await ClaimAsync(Noon.AddMinutes(1), limit: 2);
        var rest = await ClaimAsync(Noon.AddMinutes(1), limit: 10);

        Assert.That(
            first.Concat(rest).Select(timer => timer.NextAt), Is.EqualTo(Enumerable.Range(0, 5).Select(second => Noon.AddSeconds(second))));
        Assert.That(first, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task ClaimAsync_with_a_limit_among_timers_of_one_instant_arms_exactly_those_it_gives()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 10).Select(_ => ATimer.New().Build())], default);

        var claimed = await ClaimAsync(Noon, limit: 4);

        Assert.That(claimed, Has.Count.EqualTo(4));
        Assert.That((await Store.CountAsync(default)).ByState[TimerState.Armed], Is.EqualTo(4));
    }

    [Test]
    public async Task ClaimAsync_takes_contents_up_to_MaxBytes_and_offers_the_rest_again()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 5).Select(_ => WithBody(10_000).Build())], default);

        var first = await Due.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Noon, 10, 35_000), default);
        var rest = await ClaimAsync(Noon);

        Assert.That((first.Count, rest.Count), Is.EqualTo((3, 2)));
    }

    [Test]
    public async Task ClaimAsync_takes_one_timer_even_when_it_alone_is_larger_than_MaxBytes()
    {
        await Store.AddAsync([WithBody(10_000).Build(), WithBody(10_000).Build()], default);

        Assert.That(await Due.ClaimAsync(new ClaimRequest(DateTimeOffset.MinValue, Noon, 10, MaxBytes: 1), default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ClaimAsync_of_what_is_claimed_offers_nothing()
    {
        await ArmAsync();

        Assert.That(await ClaimAsync(Noon.AddYears(1)), Is.Empty);
    }

    [Test]
    public async Task ClaimAsync_of_a_timer_cancelled_paused_or_moved_later_offers_nothing()
    {
        var cancelled = await AddAsync(ATimer.New());
        await CancelAsync(cancelled.Key);
        var paused = await AddAsync(ATimer.New());
        await Store.TryReplaceAsync(paused, paused with { State = TimerState.Paused }, default);
        var later = await AddAsync(ATimer.New());
        await Store.TryReplaceAsync(later, later with { DueAt = Noon.AddMilliseconds(1), NextAt = Noon.AddMilliseconds(1) }, default);

        Assert.That(await ClaimAsync(Noon), Is.Empty);
    }

    [Test]
    public async Task ClaimAsync_of_a_timer_moved_from_far_to_now_offers_it()
    {
        var far = await AddAsync(ATimer.New().DueAt(Noon.AddDays(30)));
        await Store.TryReplaceAsync(far, far with { DueAt = Noon, NextAt = Noon }, default);

        Assert.That(await ClaimAsync(Noon), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ClaimAsync_gives_one_token_a_batch_and_never_the_same_twice()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 6).Select(_ => ATimer.New().Build())], default);
        var tokens = new List<ClaimToken>();
        for (var batch = 0; batch < 3; batch++)
        {
            tokens.Add((await ClaimAsync(Noon, limit: 2)).Select(timer => timer.Token).Distinct().Single());
        }

        Assert.That(tokens, Is.Unique);
        Assert.That(tokens, Has.All.Matches<ClaimToken>(token => token.Value > 0));
    }

    [Test]
    public async Task ClaimAsync_after_reopening_draws_tokens_that_were_never_drawn()
    {
        var before = await ArmAsync();
        await Due.HandBackAsync([new HandBack(before.Key, before.Token, Noon)], Noon, default);

        Storage.Reopen();

        Assert.That((await ClaimAsync(Noon)).Single().Token, Is.Not.EqualTo(before.Token));
    }

    [Test]
    public async Task ClaimAsync_by_many_at_once_gives_each_timer_to_one_of_them()
    {
        const int Timers = 600;
        await Store.AddAsync([.. Enumerable.Range(0, Timers).Select(_ => ATimer.New().Build())], default);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var mine = new List<Guid>();
            IReadOnlyList<ClaimedTimer> batch;
            do
            {
                batch = await ClaimAsync(Noon, limit: 7);
                mine.AddRange(batch.Select(timer => timer.Key));
            }
            while (batch.Count > 0);

            return mine;
        })));

        var all = claims.SelectMany(keys => keys).ToList();
        Assert.That(all, Has.Count.EqualTo(Timers).And.Unique);
    }

    [Test]
    public async Task CountDueAsync_counts_scheduled_ones_within_the_span_up_to_the_cap()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 5).Select(second => ATimer.New().DueAt(Noon.AddSeconds(second)).Build())], default);
        await ClaimAsync(Noon.AddSeconds(1), limit: 2);

        var counts = (
            All: await CountDueAsync(DateTimeOffset.MinValue, Noon.AddDays(1), 100),
            Inside: await CountDueAsync(Noon.AddSeconds(2), Noon.AddSeconds(3), 100),
            Capped: await CountDueAsync(DateTimeOffset.MinValue, Noon.AddDays(1), 2));

        Assert.That(counts, Is.EqualTo((All: 3, Inside: 1, Capped: 2)));

        Task<int> CountDueAsync(DateTimeOffset after, DateTimeOffset until, int cap) =>
            Due.CountDueAsync(new ClaimRequest(after, until, cap, long.MaxValue), default);
    }

    [Test]
    public async Task MarkSendingAsync_of_a_claim_in_force_marks_it_once()
    {
        var armed = await ArmAsync(ATimer.New().Parked());

        var first = await Due.MarkSendingAsync([armed], default);
        var second = await Due.MarkSendingAsync([armed], default);

        Assert.That(first, Is.EqualTo([armed]));
        Assert.That(second, Is.Empty);
        Assert.That((await FindAsync(armed.Key)).State, Is.EqualTo(TimerState.Sending));
    }

    [Test]
    public async Task MarkSendingAsync_of_a_claim_that_is_over_marks_nothing_and_the_others_all_the_same()
    {
        var stale = await ArmAsync(ATimer.New().Parked());
        await Due.HandBackAsync([new HandBack(stale.Key, stale.Token, Noon)], Noon, default);
        await ClaimAsync(Noon);
        var armed = await ArmAsync(ATimer.New().Parked());

        Assert.That(await Due.MarkSendingAsync([stale, armed], default), Is.EqualTo([armed]));
        Assert.That((await FindAsync(stale.Key)).State, Is.EqualTo(TimerState.Armed));
    }

    private static ATimer WithBody(int bytes) => ATimer.New().WithSpec(spec =>
        spec with { Body = new RawContent(Encoding.ASCII.GetBytes(new string('x', bytes)), IsJson: false) });
}
