using Contracts.Common;
using Contracts.Items;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Items;

/// <summary>Erasures of users, and listings in time order, as they must be in every store.</summary>
public abstract class ItemErasureContract : ItemStoreSuite
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [Test]
    public async Task An_erased_user_is_gone_counted_no_more_and_transfers_to_them_are_to_nobody()
    {
        await Store.AddAsync([Next(User(1)), Next(User(2))], default);
        await AddAsync(Transfer(7, "a", 2), Transfer(7, "b", 1, Noon.AddSeconds(1)), Transfer(8, "c", 1));
        var other = Next(User(1), tenant: "other");
        await Store.AddAsync([other, Next(User(9), tenant: "other")], default);

        await EraseAsync(1);

        Assert.That(await Store.FindUsersAsync(Tenant.Default, [Id(1), Id(2)], default), Has.Count.EqualTo(1));
        Assert.That(await Store.FindUsersAsync("other", [Id(1)], default), Has.Count.EqualTo(1), "of another tenant it is somebody else");
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Millisecond), Is.EqualTo("2030-06-01T12:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Year), Is.EqualTo("2030-01-01T00:00:00Z 3"));
        Assert.That(await HistoryAsync(7), Is.EqualTo("a b"));
        var owner = (await Store.FindOwnersAsync(Tenant.Default, [Id(7)], default))[0];
        Assert.That((owner.EventId, owner.To, owner.Stamp.Address), Is.EqualTo(("b", Guid.Empty, (string?)null)));
        var before = (await Store.ReadHistoryAsync(Tenant.Default, Id(7), new ItemHistoryRange(1), default))[0];
        Assert.That((before.To, before.Stamp.Address), Is.EqualTo((Id(2), Stamp.Address)));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task What_comes_of_an_erased_user_later_or_again_is_of_nobody()
    {
        var created = Next(User(1));
        var transfer = Next(Transfer(7, "a", 1));
        await Store.AddAsync([created], default);
        await Store.AddAsync([transfer], default);
        var erasure = await EraseAsync(1);

        await Store.AddAsync([created, Next(User(1, Noon.AddDays(1))), Next(User(2))], default);
        await Store.AddAsync([transfer, Next(Transfer(7, "b", 1, Noon.AddSeconds(1))), Next(Transfer(8, "c", 2))], default);
        await Store.EraseAsync([erasure], default);

        Assert.That(await Store.FindUsersAsync(Tenant.Default, [Id(1)], default), Is.Empty);
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 3"));
        var all = await Store.ListTransfersAsync(Tenant.Default, new ItemListRange(long.MinValue, long.MaxValue, 10), default);
        Assert.That(all.Select(each => $"{each.EventId} {each.To == Guid.Empty}"), Is.EquivalentTo(new[] { "a True", "b True", "c False" }));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task The_latest_erasure_is_found_also_of_somebody_who_was_never_there()
    {
        Assert.That(await Store.FindErasureAsync(Tenant.Default, Id(5), default), Is.Null);

        var first = await EraseAsync(5);
        Assert.That(await Store.FindErasureAsync(Tenant.Default, Id(5), default), Is.EqualTo(first.Source));
        var second = await EraseAsync(5);
        await Store.EraseAsync([first], default);

        Assert.That(await Store.FindErasureAsync(Tenant.Default, Id(5), default), Is.EqualTo(second.Source));
        Assert.That(await Store.FindErasureAsync("other", Id(5), default), Is.Null);
    }

    [Test]
    public async Task Many_transfers_of_an_erased_user_are_all_of_nobody()
    {
        const int Transfers = 2_500;
        await AddAsync([.. Enumerable.Range(0, Transfers).Select(i => Transfer(i, "t", i % 5 == 0 ? 2 : 1))]);

        await EraseAsync(1);

        var all = await Store.ListTransfersAsync(Tenant.Default, new ItemListRange(long.MinValue, long.MaxValue, Transfers), default);
        Assert.That(all.GroupBy(each => each.To).ToDictionary(group => group.Key, group => group.Count()), Is.EquivalentTo(
            new Dictionary<Guid, int> { [Guid.Empty] = 2_000, [Id(2)] = 500 }));
    }

    [Test]
    public async Task Listings_are_in_time_order_page_by_page_whatever_the_number_at_one_instant([Values(1, 3, 100)] int limit)
    {
        DateTimeOffset At(int number) => Noon.AddSeconds(number / 4);
        await Store.AddAsync([.. Enumerable.Range(0, 10).Reverse().Select(i => Next(User(i, At(i))))], default);
        await Store.AddAsync([.. Enumerable.Range(0, 10).Reverse().Select(i => Next(Item(i, At(i))))], default);
        await Store.AddAsync(
            [.. Enumerable.Range(0, 10).Reverse().Select(i => Next(new BaseItemCreated(Id(i), $"{i}", TickTime.Of(At(i)), Stamp)))], default);
        await AddAsync([.. Enumerable.Range(0, 10).Reverse().Select(i => Transfer(i % 2, $"t{i}", i, At(i)))]);
        await Store.AddAsync([Next(User(99), tenant: "other")], default);

        await CheckAsync(
            range => Store.ListUsersAsync(Tenant.Default, range, default), each => new ItemPlace(each.CreatedAt, each.Id));
        await CheckAsync(
            range => Store.ListItemsAsync(Tenant.Default, range, default), each => new ItemPlace(each.CreatedAt, each.Id));
        await CheckAsync(
            range => Store.ListBaseItemsAsync(Tenant.Default, range, default), each => new ItemPlace(each.CreatedAt, each.Id));
        await CheckAsync(
            range => Store.ListTransfersAsync(Tenant.Default, range, default),
            each => new ItemPlace(each.At, each.Item, each.EventId));

        async Task CheckAsync<T>(Func<ItemListRange, Task<IReadOnlyList<T>>> list, Func<T, ItemPlace> placeOf)
        {
            foreach (var (from, to, count) in new[]
                { (long.MinValue, long.MaxValue, 10), (TickTime.Of(Noon.AddSeconds(1)), TickTime.Of(Noon.AddSeconds(2)), 4) })
            {
                var (read, page) = (new List<ItemPlace>(), (IReadOnlyList<T>)[]);
                do
                {
                    page = await list(new ItemListRange(from, to, limit, read.Count == 0 ? null : read[^1]));
                    read.AddRange(page.Select(placeOf));
                }
                while (page.Count == limit);

                Assert.That(read, Is.Unique.And.Count.EqualTo(count));
                Assert.That(read.Select(each => each.At), Is.Ordered.Ascending);
            }
        }
    }

    private async Task<Received<ItemUserErased>> EraseAsync(int user)
    {
        var message = Next(new ItemUserErased(Id(user), Stamp));
        await Store.EraseAsync([message], default);
        return message;
    }
}
