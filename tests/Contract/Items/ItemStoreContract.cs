using Contracts.Common;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Items;

/// <summary>What items must be like in every store.</summary>
public abstract class ItemStoreContract : ItemStoreSuite
{
    private static readonly DateTimeOffset Noon = Clocks.Noon;

    [Test]
    public async Task What_was_added_is_found_with_its_source()
    {
        var user = Next(User(1));
        var made = Next(new BaseItemCreated(Id(1_000), "a chair", TickTime.Of(Noon), Stamp));
        var item = Next(Item(2, Noon.AddTicks(1)));
        var transfer = Next(Transfer(2, "t", 1, Noon.AddTicks(2)));
        await Store.AddAsync([user], default);
        await Store.AddAsync([made], default);
        await Store.AddAsync([item], default);
        await Store.AddAsync([transfer], default);

        Assert.That(
            await Store.FindUsersAsync(Tenant.Default, [Id(1), Id(1), Id(9)], default),
            Is.EqualTo(new[] { new ItemUser(Id(1), TickTime.Of(Noon), SourceOf(user)) }));
        Assert.That(
            await Store.FindBaseItemsAsync(Tenant.Default, [Id(1_000)], default),
            Is.EqualTo(new[] { new BaseItem(Id(1_000), "a chair", TickTime.Of(Noon), SourceOf(made)) }));
        Assert.That(
            await Store.FindItemsAsync(Tenant.Default, [Id(2)], default),
            Is.EqualTo(new[] { new Item(Id(2), Id(1_000), TickTime.Of(Noon) + 1, SourceOf(item)) }));
        ItemTransfer[] owner = [new(Id(2), "t", Id(1), TickTime.Of(Noon) + 2, SourceOf(transfer), Stamp)];
        Assert.That(await Store.FindOwnersAsync(Tenant.Default, [Id(2), Id(2), Id(9)], default), Is.EqualTo(owner));
        Assert.That(await Store.ReadHistoryAsync(Tenant.Default, Id(2), new ItemHistoryRange(10), default), Is.EqualTo(owner));
    }

    [Test]
    public async Task What_is_unknown_is_not_there_and_kinds_are_not_mixed_up()
    {
        await Store.AddAsync([Next(User(1))], default);
        await Store.AddAsync([Next(Item(2))], default);

        Assert.That(await Store.FindItemsAsync(Tenant.Default, [Id(1)], default), Is.Empty);
        Assert.That(await Store.FindUsersAsync(Tenant.Default, [Id(2)], default), Is.Empty);
        Assert.That(await Store.FindBaseItemsAsync(Tenant.Default, [Id(1), Id(2), Id(1_000)], default), Is.Empty);
        Assert.That(await OwnerAsync(2), Is.Null);
        Assert.That(await HistoryAsync(2), Is.Empty);
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.Empty);
        Assert.That(await Store.FindUsersAsync(Tenant.Default, [], default), Is.Empty);
    }

    [Test]
    public async Task Tenants_have_their_own()
    {
        await Store.AddAsync([Next(Item(2), "acme"), Next(Item(2, Noon.AddDays(1)))], default);
        await Store.AddAsync([Next(Transfer(2, "t", 5), "acme"), Next(Transfer(2, "t", 6))], default);

        Assert.That((await OwnerAsync(2), await OwnerAsync(2, "acme"), await OwnerAsync(2, "other")), Is.EqualTo((6, 5, (int?)null)));
        Assert.That(await HistoryAsync(2, tenant: "other"), Is.Empty);
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Day, tenant: "acme"), Is.EqualTo("2030-06-01T00:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Day), Is.EqualTo("2030-06-02T00:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Day, tenant: "other"), Is.Empty);
        Assert.That(await Store.FindItemsAsync("other", [Id(2)], default), Is.Empty);
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task The_latest_instant_owns_whatever_arrived_last()
    {
        await AddAsync(Transfer(1, "late", 3, Noon.AddTicks(2)), Transfer(1, "early", 2, Noon));
        await AddAsync(Transfer(1, "middle", 4, Noon.AddTicks(1)), Transfer(2, "other", 9, Noon.AddDays(1)));

        Assert.That(await OwnerAsync(1), Is.EqualTo(3));
        Assert.That(await HistoryAsync(1), Is.EqualTo("early middle late"));
        Assert.That(await HistoryAsync(1, isNewestFirst: true), Is.EqualTo("late middle early"));
    }

    [Test]
    public async Task Of_equal_instants_the_later_position_owns_in_whichever_order_they_are_applied()
    {
        var (first, second, third) = (Next(Transfer(1, "z", 2)), Next(Transfer(1, "b", 3)), Next(Transfer(1, "a", 4)));
        await Store.AddAsync([third], default);
        await Store.AddAsync([first, second], default);

        Assert.That(await OwnerAsync(1), Is.EqualTo(4));
        Assert.That(await HistoryAsync(1), Is.EqualTo("z b a"));
        Assert.That(await HistoryAsync(1, isNewestFirst: true), Is.EqualTo("a b z"));
    }

    [Test]
    public async Task Pages_of_a_history_go_on_where_the_last_one_ended_within_an_instant_too([Values] bool isNewestFirst)
    {
        await AddAsync([.. Enumerable.Range(0, 25).Select(i => Transfer(1, $"{i:D2}", i, Noon.AddTicks(i / 10)))]);

        var whole = await HistoryAsync(1, isNewestFirst);
        Assert.That(whole.Split(' '), isNewestFirst ? Is.Ordered.Descending : Is.Ordered);
        Assert.That(whole.Split(' '), Has.Length.EqualTo(25));
        Assert.That(await HistoryAsync(1, isNewestFirst, limit: 1), Is.EqualTo(whole));
        Assert.That(await HistoryAsync(1, isNewestFirst, limit: 4), Is.EqualTo(whole));
    }

    [Test]
    public async Task A_transfer_may_be_there_before_its_item()
    {
        await AddAsync(Transfer(1, "t", 2));
        Assert.That(await Store.FindItemsAsync(Tenant.Default, [Id(1)], default), Is.Empty);

        await Store.AddAsync([Next(Item(1))], default);

        Assert.That(await OwnerAsync(1), Is.EqualTo(2));
        Assert.That(await Store.FindItemsAsync(Tenant.Default, [Id(1)], default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Two_positions_of_one_transfer_count_once_within_a_batch_and_later()
    {
        var (first, again, later) = (Next(Transfer(1, "t", 2)), Next(Transfer(1, "t", 3, Noon.AddHours(1))), Next(Transfer(1, "t", 4)));
        await Store.AddAsync([first, again], default);
        await Store.AddAsync([later], default);
        await AddAsync(Transfer(2, "t", 5));

        Assert.That(await OwnerAsync(1), Is.EqualTo(2));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Hour), Is.EqualTo("2030-06-01T12:00:00Z 2"));
        var sources = await Store.FindSourcesAsync(Tenant.Default, [(Id(1), "t"), (Id(1), "T"), (Id(3), "t")], default);
        Assert.That(sources, Is.EqualTo(new EventSource?[] { SourceOf(first), null, null }));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task The_first_of_an_id_is_kept()
    {
        await Store.AddAsync([Next(User(1, Noon)), Next(User(1, Noon.AddDays(1)))], default);
        await Store.AddAsync([Next(User(1, Noon.AddDays(2)))], default);

        Assert.That((await Store.FindUsersAsync(Tenant.Default, [Id(1)], default))[0].CreatedAt, Is.EqualTo(TickTime.Of(Noon)));
        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 1"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task Each_unit_begins_where_the_calendar_says()
    {
        // A Thursday of a leap year, in a week that began on a Monday in the month before.
        await Store.AddAsync([Next(Item(1, new DateTimeOffset(2024, 2, 29, 23, 59, 58, 7, TimeSpan.Zero).AddTicks(9)))], default);

        var found = new List<string>();
        foreach (var unit in Enum.GetValues<ItemUnit>())
        {
            found.Add(await CountAsync(ItemStatistic.Items, unit));
        }

        Assert.That(found, Is.EqualTo(new[]
        {
            "2024-02-29T23:59:58.007Z 1", "2024-02-29T23:59:58Z 1", "2024-02-29T23:59:00Z 1", "2024-02-29T23:00:00Z 1",
            "2024-02-29T00:00:00Z 1", "2024-02-26T00:00:00Z 1", "2024-02-01T00:00:00Z 1", "2024-01-01T00:00:00Z 1",
        }));
    }

    [Test]
    public async Task Weeks_begin_on_Monday_before_1970_and_across_years_too()
    {
        await Store.AddAsync(
            [
                Next(User(1, At(1969, 12, 28))), Next(User(2, At(1969, 12, 29))), Next(User(3, At(1970, 1, 4))),
                Next(User(4, At(1970, 1, 5))), Next(User(5, At(2029, 12, 31))), Next(User(6, At(2030, 1, 6))),
            ],
            default);

        Assert.That(await CountAsync(ItemStatistic.Users, ItemUnit.Week), Is.EqualTo(
            "2029-12-31T00:00:00Z 2, 1970-01-05T00:00:00Z 1, 1969-12-29T00:00:00Z 2, 1969-12-22T00:00:00Z 1"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task The_first_and_the_last_instant_count()
    {
        await AddAsync(Transfer(1, "first", 2, DateTimeOffset.MinValue), Transfer(1, "last", 3, DateTimeOffset.MaxValue));

        foreach (var unit in Enum.GetValues<ItemUnit>())
        {
            var points = await Store.CountAsync(Tenant.Default, ItemStatistic.Transfers, unit, ItemPointRange.Of(10), default);
            Assert.That(points.Select(each => each.Count), Is.EqualTo(new[] { 1, 1 }), $"{unit}");
            Assert.That(points[1].At, Is.EqualTo(TickTime.Of(DateTimeOffset.MinValue)), $"{unit}");
        }

        Assert.That(await OwnerAsync(1), Is.EqualTo(3));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_limit_takes_the_newest_points_whole()
    {
        await Store.AddAsync(
            [.. Enumerable.Range(0, 40).Select(i => Next(User(i, At(2030, 1, 1).AddDays(i * 3))))], default);

        // Days 0 to 117: January to April, of which each but the last has all of its tenths.
        Assert.That(
            await CountAsync(ItemStatistic.Users, ItemUnit.Month, ItemPointRange.Of(2)),
            Is.EqualTo("2030-04-01T00:00:00Z 10, 2030-03-01T00:00:00Z 10"));
        Assert.That(
            await CountAsync(ItemStatistic.Users, ItemUnit.Week, ItemPointRange.Of(1)), Is.EqualTo("2030-04-22T00:00:00Z 3"));
        Assert.That(
            await CountAsync(ItemStatistic.Users, ItemUnit.Day, ItemPointRange.Of(1)), Is.EqualTo("2030-04-28T00:00:00Z 1"));
    }

    [Test]
    public async Task A_range_takes_units_that_begin_within_it()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 10).Select(i => Next(Item(i, Noon.AddMinutes(i * 30))))], default);

        Assert.That(
            await CountAsync(ItemStatistic.Items, ItemUnit.Hour, Range(Noon.AddTicks(1), Noon.AddHours(3))),
            Is.EqualTo("2030-06-01T14:00:00Z 2, 2030-06-01T13:00:00Z 2"));
        Assert.That(
            await CountAsync(ItemStatistic.Items, ItemUnit.Minute, Range(Noon, Noon.AddMinutes(31))),
            Is.EqualTo("2030-06-01T12:30:00Z 1, 2030-06-01T12:00:00Z 1"));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Month, Range(Noon, Noon.AddDays(20))), Is.Empty);
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Day, Range(Noon, Noon)), Is.Empty);

        static ItemPointRange Range(DateTimeOffset from, DateTimeOffset to) => new(TickTime.Of(from), TickTime.Of(to), 100);
    }

    [Test]
    public async Task Redelivery_from_the_beginning_in_other_batches_changes_nothing()
    {
        List<Received<ItemTransferred>> all =
            [.. Enumerable.Range(0, 50).Select(i => Next(Transfer(i % 3, $"{i % 20}", i, Noon.AddSeconds(i % 7))))];
        await Store.AddAsync(all, default);
        var before = await StateAsync();

        foreach (var batch in all.Chunk(7))
        {
            await Store.AddAsync(batch, default);
        }

        Assert.That(await StateAsync(), Is.EqualTo(before));
        Assert.That(await DriftAsync(), Is.Empty);

        async Task<string> StateAsync() => $"{await HistoryAsync(0)}/{await HistoryAsync(1)}/{await HistoryAsync(2)}/{await OwnerAsync(1)}/"
            + $"{await CountAsync(ItemStatistic.Transfers, ItemUnit.Second)}/{await CountAsync(ItemStatistic.Transfers, ItemUnit.Year)}";
    }

    [Test]
    public async Task A_replayed_dead_letter_counts_once_under_its_first_position()
    {
        var (first, second) = (Next(Transfer(1, "a", 2)), Next(Transfer(1, "b", 3)));
        await Store.AddAsync([second], default);
        var replay = new Received<ItemTransferred>(first.Message, new LogPosition(Epoch, 0, 100)) { Source = first.Position };
        await Store.AddAsync([replay], default);
        await Store.AddAsync([replay with { Position = new LogPosition(Epoch, 0, 101) }], default);

        Assert.That(await OwnerAsync(1), Is.EqualTo(3));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Day), Is.EqualTo("2030-06-01T00:00:00Z 2"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task A_recreated_topic_begins_again_at_offset_0_and_counts_beside_the_former_one()
    {
        await AddAsync(Transfer(1, "a", 2));
        var anew = new Received<ItemTransferred>(Transfer(1, "b", 3, Noon.AddTicks(1)), new LogPosition(Id(77), 0, 0));
        await Store.AddAsync([anew], default);
        await Store.AddAsync([anew], default);

        Assert.That(await HistoryAsync(1, limit: 1), Is.EqualTo("a b"));
        Assert.That(await CountAsync(ItemStatistic.Transfers, ItemUnit.Minute), Is.EqualTo("2030-06-01T12:00:00Z 2"));
        Assert.That(await DriftAsync(), Is.Empty);
    }

    [Test]
    public async Task More_messages_than_one_step_takes_are_stored()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 2_500).Select(i => Next(Item(i, Noon.AddMilliseconds(i % 4))))], default);

        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Millisecond), Is.EqualTo(
            "2030-06-01T12:00:00.003Z 625, 2030-06-01T12:00:00.002Z 625, 2030-06-01T12:00:00.001Z 625, 2030-06-01T12:00:00Z 625"));
        Assert.That(
            await Store.FindItemsAsync(Tenant.Default, [.. Enumerable.Range(2_000, 1_000).Select(Id)], default), Has.Count.EqualTo(500));
    }

    [Test]
    public async Task What_was_stored_survives_the_process()
    {
        await Store.AddAsync([Next(Item(1))], default);
        await AddAsync(Transfer(1, "t", 2));

        Storage.Reopen();

        Assert.That(await OwnerAsync(1), Is.EqualTo(2));
        Assert.That(await CountAsync(ItemStatistic.Items, ItemUnit.Second), Is.EqualTo("2030-06-01T12:00:00Z 1"));
    }

    [Test]
    public void Messages_that_are_not_whole_are_rejected()
    {
        var transfer = Transfer(1, "t", 2);
        Reject(transfer with { Item = Guid.Empty });
        Reject(transfer with { To = Guid.Empty });
        Reject(transfer with { EventId = string.Empty });
        Reject(transfer with { EventId = new string('x', ItemTransferred.MaxEventIdLength + 1) });
        Reject(transfer with { At = long.MaxValue });
        Assert.That(
            () => Store.AddAsync([new Received<UserCreated>(User(1), LogPosition.None)], default),
            Throws.InstanceOf<MessageRejectedException>());
        Assert.That(
            () => Store.AddAsync([Next(Item(1) with { BaseItem = Guid.Empty })], default), Throws.InstanceOf<MessageRejectedException>());
        Assert.That(
            () => Store.AddAsync([Next(new BaseItemCreated(Guid.Empty, "x", 0, Stamp))], default),
            Throws.InstanceOf<MessageRejectedException>());

        void Reject(ItemTransferred wrong) =>
            Assert.That(() => Store.AddAsync([Next(wrong)], default), Throws.InstanceOf<MessageRejectedException>());
    }

    private static EventSource SourceOf<T>(Received<T> received) => new(received.Position, 0);

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
