using Contracts.Common;
using Contracts.Timers;
using Tests.Faults;
using Tests.Support;

namespace Tests.Contract;

public abstract partial class TimerStoreContract
{
    [Test]
    public async Task ListAsync_gives_the_newest_first()
    {
        var keys = await AddManyAsync(3, _ => ATimer.New());

        Assert.That((await Store.ListAsync(new TimerQuery(), default)).Items.Select(row => row.Key), Is.EqualTo(Enumerable.Reverse(keys)));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(12)]
    [TestCase(50)]
    public async Task ListAsync_page_by_page_gives_each_once_and_ends(int limit)
    {
        var keys = await AddManyAsync(12, i => ATimer.New().WithTags(i % 2 == 0 ? "even" : "odd"));

        Assert.That(await ListAllAsync(new TimerQuery { Limit = limit }), Is.EqualTo(Enumerable.Reverse(keys)));
        Assert.That(await ListAllAsync(new TimerQuery { Limit = limit, Tags = ["odd"] }),
            Is.EqualTo(Enumerable.Reverse(keys.Where((_, i) => i % 2 == 1))));
    }

    [Test]
    public async Task ListAsync_by_several_tags_gives_what_has_all_of_them()
    {
        var keys = await AddManyAsync(12, i => ATimer.New().WithTags(i % 2 == 0 ? "even" : "odd", i % 3 == 0 ? "third" : "other", "all"));

        Assert.That(
            await ListAllAsync(new TimerQuery { Limit = 1, Tags = ["all", "third", "even"] }), Is.EqualTo(new[] { keys[6], keys[0] }));
        Assert.That(await ListAllAsync(new TimerQuery { Tags = ["third", "third"] }), Has.Count.EqualTo(4));
        Assert.That(await ListAllAsync(new TimerQuery { Tags = ["even", "odd"] }), Is.Empty);
    }

    [Test]
    public async Task ListAsync_of_large_contents_ends_its_pages_early_and_still_gives_each_once()
    {
        var body = new RawContent(new byte[256 * 1024], IsJson: false);
        var keys = await AddManyAsync(40, _ => ATimer.New().WithSpec(spec => spec with { Body = body }));

        var first = await Store.ListAsync(new TimerQuery { Limit = 40 }, default);

        Assert.That(first.Items.Count, Is.LessThan(40).And.GreaterThan(1));
        Assert.That(await ListAllAsync(new TimerQuery { Limit = 40 }), Is.EqualTo(Enumerable.Reverse(keys)));
    }

    [Test]
    public async Task ListAsync_of_a_page_never_exceeds_the_limit_and_names_where_to_go_on()
    {
        await AddManyAsync(3, _ => ATimer.New());

        var first = await Store.ListAsync(new TimerQuery { Limit = 2 }, default);
        var last = await Store.ListAsync(new TimerQuery { Limit = 2, Cursor = first.Next }, default);

        Assert.That((first.Items.Count, last.Items.Count, last.Next), Is.EqualTo((2, 1, (TimerCursor?)null)));
    }

    [Test]
    public async Task ListAsync_with_timers_added_between_two_pages_repeats_and_skips_none()
    {
        var keys = await AddManyAsync(4, _ => ATimer.New());
        var first = await Store.ListAsync(new TimerQuery { Limit = 2 }, default);
        await AddManyAsync(3, _ => ATimer.New());

        var second = await Store.ListAsync(new TimerQuery { Limit = 10, Cursor = first.Next }, default);

        Assert.That(first.Items.Concat(second.Items).Select(row => row.Key), Is.EqualTo(Enumerable.Reverse(keys)));
    }

    [Test]
    public async Task ListAsync_of_a_state_gives_only_timers_in_it([Values] TimerState state)
    {
        var inStates = await AddOneInEachStateAsync();

        Assert.That(await ListAllAsync(new TimerQuery { State = state }), Is.EqualTo([inStates[state]]));
    }

    [Test]
    public async Task ListAsync_by_due_instant_includes_the_first_and_excludes_the_last()
    {
        var keys = await AddManyAsync(5, i => ATimer.New().DueAt(Noon.AddMilliseconds(i)));

        var found = await ListAllAsync(new TimerQuery { DueFrom = Noon.AddMilliseconds(1), DueTo = Noon.AddMilliseconds(3) });

        Assert.That(found, Is.EqualTo([keys[2], keys[1]]));
    }

    [Test]
    public async Task ListAsync_by_due_instants_between_two_milliseconds_is_exact()
    {
        var keys = await AddManyAsync(3, i => ATimer.New().DueAt(Noon.AddMilliseconds(i)));

        var found = await ListAllAsync(new TimerQuery { DueFrom = Noon.AddTicks(1), DueTo = Noon.AddMilliseconds(2).AddTicks(1) });

        Assert.That(found, Is.EqualTo([keys[2], keys[1]]));
    }

    [Test]
    public async Task ListAsync_with_all_conditions_gives_what_meets_each()
    {
        var keys = await AddManyAsync(4, i => ATimer.New().DueAt(Noon.AddHours(i)).WithTags("wanted"));
        await AddAsync(ATimer.New().DueAt(Noon.AddHours(1)).WithTags("other"));
        await AddAsync(ATimer.New().DueAt(Noon.AddHours(1)));
        await CancelAsync(keys[2]);

        var query = new TimerQuery
        {
            Tags = ["wanted"],
            State = TimerState.Scheduled,
            DueFrom = Noon.AddHours(1),
            DueTo = Noon.AddHours(4),
        };

        Assert.That(await ListAllAsync(query), Is.EqualTo([keys[3], keys[1]]));
    }

    [Test]
    [Category(FaultReport.Category)]
    public async Task CountAsync_after_any_operations_equals_a_recount([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 60; step++)
        {
            await OperateAsync(random);
        }

        var rows = await Store.FindAsync(await ListAllAsync(new TimerQuery { Limit = 100 }), default);
        var recount = rows.CountBy(row => row.State).ToDictionary(count => count.Key, count => (long)count.Value);
        Assert.That((await Store.CountAsync(default)).ByState, Is.EquivalentTo(recount));
    }

    private async Task OperateAsync(Random random)
    {
        switch (random.Next(8))
        {
            case 0 or 1:
                await AddManyAsync(
                    random.Next(1, 12), i => (i % 3 == 0 ? ATimer.New().Parked() : ATimer.New()).DueAt(Noon.AddDays(random.Next(-1, 10))));
                break;
            case 2 or 3:
                foreach (var timer in await ClaimAsync(Noon.AddDays(1), random.Next(1, 8)))
                {
                    await SettleAsync(timer, random);
                }

                break;
            case 4:
                await ClaimAsync(Noon, random.Next(1, 4));
                break;
            case 5:
                await Due.ReclaimAsync(Noon, default);
                break;
            case 6:
                await Due.PurgeAsync(Noon.AddDays(1), random.Next(1, 4), default);
                break;
            default:
                await Due.MaintainAsync(Noon.AddDays(random.Next(5)), default);
                break;
        }
    }

    private async Task SettleAsync(ClaimedTimer timer, Random random)
    {
        if (timer.Spec.OnAmbiguous == AmbiguousPolicy.Park)
        {
            await Due.MarkSendingAsync([timer], default);
        }

        await (random.Next(5) switch
        {
            0 => Due.RecordAsync([timer.Succeeded()], default),
            1 => Due.RecordAsync([timer.Failed()], default),
            2 => Due.RecordAsync([timer.Retried(Noon.AddDays(random.Next(9)))], default),
            3 => Due.HandBackAsync([new HandBack(timer.Key, timer.Token, Noon.AddDays(random.Next(9)))], Noon, default),
            _ => CommandAsync(timer.Key, (PendingCommand)random.Next(1, 3)),
        });
    }

    private int added;

    /// <summary>Each accepted after the one before: a store may take that for their order.</summary>
    private async Task<IReadOnlyList<Guid>> AddManyAsync(int count, Func<int, ATimer> timer)
    {
        var created = Enumerable.Range(0, count).Select(i => timer(i).CreatedAt(Noon.AddTicks(++added)).Build()).ToList();
        await Store.AddAsync(created, default);
        return [.. created.Select(one => one.TimerId)];
    }

    private async Task<List<Guid>> ListAllAsync(TimerQuery query)
    {
        var keys = new List<Guid>();
        TimerPage page;
        do
        {
            page = await Store.ListAsync(query, default);
            keys.AddRange(page.Items.Select(row => row.Key));
            query = query with { Cursor = page.Next };
        }
        while (page.Next is not null);

        return keys;
    }

    private async Task<Dictionary<TimerState, Guid>> AddOneInEachStateAsync()
    {
        var succeeded = await ArmAsync();
        await Due.RecordAsync([succeeded.Succeeded()], default);
        var failed = await ArmAsync();
        await Due.RecordAsync([failed.Failed()], default);
        var ambiguous = await SendAsync();
        await Due.RecordAsync([ambiguous.Ambiguous()], default);
        var sending = await SendAsync();
        var armed = await ArmAsync();
        var cancelled = await AddAsync(ATimer.New());
        await CancelAsync(cancelled.Key);
        var expired = await AddAsync(ATimer.New());
        await Store.TryReplaceAsync(expired, expired with { State = TimerState.Expired }, default);
        var paused = await AddAsync(ATimer.New());
        await Store.TryReplaceAsync(paused, paused with { State = TimerState.Paused }, default);
        var scheduled = await AddAsync(ATimer.New());
        return new()
        {
            [TimerState.Succeeded] = succeeded.Key,
            [TimerState.Failed] = failed.Key,
            [TimerState.Ambiguous] = ambiguous.Key,
            [TimerState.Sending] = sending.Key,
            [TimerState.Armed] = armed.Key,
            [TimerState.Cancelled] = cancelled.Key,
            [TimerState.Expired] = expired.Key,
            [TimerState.Paused] = paused.Key,
            [TimerState.Scheduled] = scheduled.Key,
        };
    }
}
