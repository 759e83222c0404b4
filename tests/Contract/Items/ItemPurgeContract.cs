using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Tests.Support;

namespace Tests.Contract.Items;

/// <summary>How transfers expire, as in every store.</summary>
public abstract class ItemPurgeContract : ItemStoreSuite
{
    protected static readonly DateTimeOffset Midnight = Clocks.Noon.AddHours(-12);
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [Test]
    public async Task Of_each_item_old_transfers_go_except_the_latest_and_every_count_stays([Values(1, 7, 500)] int limit)
    {
        await Store.AddAsync([Next(User(1, Midnight.AddYears(-1)))], default);
        await Store.AddAsync([Next(Item(7, Midnight.AddYears(-1)))], default);
        await AddAsync([.. Enumerable.Range(0, 20).Select(i => Transfer(7, $"{i}", i, Midnight.AddDays(-2).AddMinutes(i)))]);
        await AddAsync(
            Transfer(8, "old", 1, Midnight.AddDays(-3)), Transfer(8, "kept", 2, Midnight), Transfer(9, "none", 3, Noon));
        await Store.AddAsync(
            [Next(Transfer(7, "x", 4, Midnight.AddDays(-9)), "other"), Next(Transfer(7, "y", 5, Midnight.AddTicks(-1)), "other")], default);
        var (days, minutes) = (await CountDaysAsync(), await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute));

        Assert.That(await PurgeAsync(Noon, limit: limit), Is.EqualTo(21));

        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(TickTime.Of(Midnight)), "whole days go");
        Assert.That((await HistoryAsync(7), await HistoryAsync(8), await HistoryAsync(9)), Is.EqualTo(("19", "kept", "none")));
        Assert.That((await OwnerAsync(7), await OwnerAsync(8), await OwnerAsync(7, "other")), Is.EqualTo((19, 2, 5)));
        var all = await Store.ListTransfersAsync(Tenant.Default, new ItemListRange(long.MinValue, long.MaxValue, 100), default);
        Assert.That(all.Select(each => each.EventId), Is.EqualTo(new[] { "19", "kept", "none" }));
        Assert.That(all.Select(each => each.Stamp), Is.All.EqualTo(Stamp));
        Assert.That(await Store.FindItemsAsync(Tenant.Default, [Id(7)], default), Has.Count.EqualTo(1), "items have no age");
        Assert.That(await Store.FindUsersAsync(Tenant.Default, [Id(1)], default), Has.Count.EqualTo(1));
        Assert.That(await CountDaysAsync(), Is.EqualTo(days));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute), Is.EqualTo(minutes));
        Assert.That(await DriftAsync(repair: true), Is.Empty);
        Assert.That(await CountDaysAsync(), Is.EqualTo(days));
        Assert.That(await PurgeAsync(Noon, limit: limit), Is.Zero);
    }

    [Test]
    public async Task Of_equal_instants_the_one_that_owns_is_kept()
    {
        var (first, second, third) = (
            Next(Transfer(1, "z", 2, Midnight.AddDays(-1))), Next(Transfer(1, "b", 3, Midnight.AddDays(-1))),
            Next(Transfer(1, "a", 4, Midnight.AddDays(-1))));
        await Store.AddAsync([third, first, second], default);

        await PurgeAsync(Midnight);

        Assert.That((await HistoryAsync(1), await OwnerAsync(1)), Is.EqualTo(("a", 4)));
    }

    [Test]
    public async Task The_latest_one_goes_once_a_later_one_has_come([Values(1, 500)] int limit)
    {
        await AddAsync(
            Transfer(1, "a", 1, Midnight.AddDays(-5)), Transfer(2, "b", 2, Midnight.AddDays(-5)),
            Transfer(3, "c", 3, Midnight.AddDays(-5)));
        Assert.That(await PurgeAsync(Midnight, limit: limit), Is.Zero);

        await AddAsync(Transfer(1, "d", 4, Midnight), Transfer(2, "e", 5, Midnight.AddDays(-1)));
        Assert.That((await HistoryAsync(1), await OwnerAsync(1)), Is.EqualTo(("a d", 4)));
        Assert.That(await HistoryAsync(2), Is.EqualTo("b"), "what is too late is left out");
        Assert.That(await PurgeAsync(Midnight, limit: limit), Is.EqualTo(1));
        Assert.That((await HistoryAsync(1), await HistoryAsync(2), await HistoryAsync(3)), Is.EqualTo(("d", "b", "c")));

        // It is noted, and the next purge passes over both of them.
        await AddAsync(Transfer(3, "f", 6, Noon));
        Assert.That(await PurgeAsync(Midnight.AddDays(7), limit: limit), Is.EqualTo(1));
        Assert.That((await HistoryAsync(1), await HistoryAsync(3), await OwnerAsync(3)), Is.EqualTo(("d", "f", 6)));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 5"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task What_comes_again_or_too_late_is_neither_stored_nor_counted()
    {
        var (old, last) = (Next(Transfer(1, "a", 2, Midnight.AddDays(-2))), Next(Transfer(1, "b", 3, Midnight.AddDays(-1))));
        await Store.AddAsync([old, last], default);
        await PurgeAsync(Midnight);
        var late = Next(Transfer(5, "late", 6, Midnight.AddTicks(-1)));

        await Store.AddAsync([old, last, late, Next(Transfer(1, "a", 4)), Next(Transfer(1, "b", 5))], default);
        await Store.AddAsync([Next(Transfer(1, "late", 6, Midnight.AddDays(-3))), late], default);

        Assert.That((await HistoryAsync(1), await OwnerAsync(1), await HistoryAsync(5)), Is.EqualTo(("b", 3, string.Empty)));
        Assert.That(await CountDaysAsync(), Is.EqualTo("2030-05-31T00:00:00Z 1, 2030-05-30T00:00:00Z 1"));
        Assert.That(
            await Store.FindSourcesAsync(Tenant.Default, [(Id(1), "a"), (Id(1), "b"), (Id(1), "late"), (Id(5), "late")], default),
            Is.EqualTo(new EventSource?[] { new(old.Position, 0), new(last.Position, 0), null, null }));
        await AddAsync(Transfer(5, "late", 7));
        Assert.That(await HistoryAsync(5), Is.EqualTo("late"), "what was left out has left nothing, not even its id");
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task It_never_goes_back_and_without_an_instant_nothing_goes()
    {
        await AddAsync(Transfer(1, "a", 2, Midnight.AddDays(-2)), Transfer(1, "b", 3, Midnight.AddDays(-1)));
        Assert.That(await PurgeAsync(DateTimeOffset.MinValue), Is.Zero);
        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(long.MinValue));
        var none = new ItemExpiry(long.MinValue, TickTime.Of(Noon), TickTime.Of(Noon));
        Assert.That(await Store.PurgeAsync(none, null, 10, default), Is.EqualTo(new PurgeStep(0, null)));

        await PurgeAsync(Midnight.AddDays(-1));
        await PurgeAsync(Midnight.AddDays(-10));

        Assert.That(await Store.FindPurgedAsync(default), Is.EqualTo(TickTime.Of(Midnight.AddDays(-1))));
        Assert.That(await HistoryAsync(1), Is.EqualTo("b"));
    }

    [Test]
    public async Task Ids_are_remembered_from_the_purge_on_and_counts_outlive_them([Values(1, 500)] int limit)
    {
        await AddAsync(
            Transfer(1, "a", 2, Midnight.AddYears(-9)), Transfer(1, "b", 3, Midnight.AddDays(-2)),
            Transfer(1, "c", 4, Midnight.AddDays(-1)));
        var counts = await CountDaysAsync();
        await PurgeAsync(Midnight, now: Noon, limit: limit);

        await PurgeAsync(Midnight, now: Noon.AddDays(35), forgetBefore: Noon, limit: limit);
        Assert.That(await KnownAsync(), Is.EqualTo((true, true, true)), "whatever their instants are");
        Assert.That(await DriftAsync(), Is.Empty);

        await PurgeAsync(Midnight, now: Noon.AddDays(36), forgetBefore: Noon.AddTicks(1), limit: limit);

        Assert.That(await KnownAsync(), Is.EqualTo((false, false, true)), "what is still there is never forgotten");
        Assert.That(await DriftAsync(repair: true), Is.Empty);
        Assert.That(await CountDaysAsync(), Is.EqualTo(counts));

        async Task<(bool, bool, bool)> KnownAsync()
        {
            var found = await Store.FindSourcesAsync(Tenant.Default, [(Id(1), "a"), (Id(1), "b"), (Id(1), "c")], default);
            return (found[0] is not null, found[1] is not null, found[2] is not null);
        }
    }

    [Test]
    public async Task Wrong_counts_of_a_purged_day_are_put_right_as_long_as_its_ids_are_remembered()
    {
        await AddAsync(Transfer(1, "a", 2, Midnight.AddDays(-2)), Transfer(1, "b", 3, Midnight.AddDays(-2)), Transfer(1, "c", 4));
        var minutes = await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute);
        await PurgeAsync(Midnight);
        Storage.SpoilMinutesOfTransfers();

        Assert.That(await DriftAsync(repair: true), Has.Count.EqualTo(2));

        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute), Is.EqualTo(minutes));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_user_to_whom_transfers_were_purged_can_be_erased()
    {
        await Store.AddAsync([Next(User(2))], default);
        await AddAsync(
            Transfer(1, "a", 2, Midnight.AddDays(-3)), Transfer(1, "b", 2, Midnight.AddDays(-2)),
            Transfer(3, "c", 2, Midnight.AddDays(-2)));
        await PurgeAsync(Midnight);
        await AddAsync(Transfer(3, "d", 2));

        await Store.EraseAsync([Next(new ItemUserErased(Id(2), Stamp))], default);
        await PurgeAsync(Midnight);

        var all = await Store.ListTransfersAsync(Tenant.Default, new ItemListRange(long.MinValue, long.MaxValue, 100), default);
        Assert.That(all.Select(each => (each.EventId, each.To, each.Stamp.Address)), Is.EqualTo(new[]
        {
            ("b", Guid.Empty, (string?)null), ("d", Guid.Empty, null),
        }));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 4"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task Transfers_that_come_while_it_purges_are_counted_once_and_the_latest_own()
    {
        await AddAsync([.. Enumerable.Range(0, 60).Select(i => Transfer(i % 6, $"old{i}", i, Midnight.AddDays(-9).AddHours(i)))]);
        var adding = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await AddAsync(
                    Transfer(i % 3, $"a{i}", 100 + i, Midnight.AddMinutes(i)), Transfer(i % 3, $"b{i}", i, Midnight.AddDays(-1)));
            }
        });
        for (var day = 8; !adding.IsCompleted; day--)
        {
            await PurgeAsync(Midnight.AddDays(-Math.Max(1, day)), limit: 5);
            await DriftAsync(repair: true);
        }

        await adding;
        await PurgeAsync(Midnight);

        for (var i = 0; i < 3; i++)
        {
            Assert.That(await OwnerAsync(i), Is.EqualTo(137 + ((i + 2) % 3)));
            Assert.That(await HistoryAsync(i), Does.StartWith($"a{i} ").And.Not.Contains("b").And.Not.Contains("old"));
            Assert.That(await HistoryAsync(i + 3), Is.EqualTo($"old{i + 57}"));
        }

        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 140"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    private Task<string> CountDaysAsync() => CountAsync(ItemStatistic.Transfers, ItemUnit.Day);
}
