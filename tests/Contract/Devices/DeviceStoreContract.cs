using Contracts.Common;
using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;
using Tests.Support;

namespace Tests.Contract.Devices;

/// <summary>What readings must be like in every store.</summary>
public abstract class DeviceStoreContract : DeviceStoreSuite
{
    [Test]
    public async Task AddAsync_stores_readings_in_time_order_and_counts_them()
    {
        await AddAsync((30, 3), (10, 0), (20, -5));

        Assert.That(await ReadAsync(), Is.EqualTo(new (long, Int128)[] { (10, 0), (20, -5), (30, 3) }));
        var device = await FindAsync();
        Assert.That((device.Readings, device.Total, device.LatestAt, device.LastSeenAt), Is.EqualTo((3L, (Int128)(-2), 30L, Clocks.Noon)));
    }

    [Test]
    public async Task An_unknown_device_is_not_there_and_has_no_readings()
    {
        await AddAsync((1, 1));

        Assert.That(await Store.FindAsync("default", "other", default), Is.Null);
        Assert.That(await Store.FindAsync("nobody", Device, default), Is.Null);
        Assert.That(await ReadAsync("other"), Is.Empty);
    }

    [Test]
    public async Task The_first_reading_of_an_instant_wins_even_if_it_is_zero()
    {
        var first = await AddAsync((10, 0));
        var second = await AddAsync((10, 7), (11, 1));

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 0, [11] = 1 });
        var sources = await Store.FindSourcesAsync("default", [(Device, 10), (Device, 11), (Device, 12), ("other", 10)], default);
        Assert.That(sources, Is.EqualTo(new EventSource?[]
            { new EventSource(first.Position, 0), new EventSource(second.Position, 1), null, null }));
    }

    [Test]
    public async Task Within_a_message_and_a_batch_the_lower_index_wins()
    {
        var (first, second) = (Next(Readings((10, 1), (10, 2))), Next(Readings((10, 3), (20, 4))));
        await Store.AddAsync([first, second], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [20] = 4 });
        var sources = await Store.FindSourcesAsync("default", [(Device, 10), (Device, 20)], default);
        Assert.That(sources, Is.EqualTo(new EventSource?[] { new EventSource(first.Position, 0), new EventSource(second.Position, 1) }));
    }

    [Test]
    public async Task The_extremes_of_instants_and_counts_are_kept_and_totals_do_not_overflow()
    {
        var (min, max) = (-621_355_968_000_000_000L, 2_534_023_007_999_999_999L);
        await AddAsync((min, long.MaxValue), (max, long.MaxValue), (0, long.MaxValue));
        Assert.That((await FindAsync()).Total, Is.EqualTo((Int128)long.MaxValue * 3));

        await Store.AddAsync([Next(ReadingsOf("low", (min, long.MinValue), (-1, long.MinValue), (5, long.MinValue)))], default);

        Assert.That((await FindAsync("low")).Total, Is.EqualTo((Int128)long.MinValue * 3));
        Assert.That((await ReadAsync()).Select(each => each.At), Is.EqualTo(new[] { min, 0, max }));
    }

    [Test]
    public async Task Redelivery_in_other_batches_changes_nothing()
    {
        List<Received<ReadingsReceived>> all = [.. Enumerable.Range(0, 20).Select(i => Next(Readings((i % 7, i), (100 + i, i))))];
        await Store.AddAsync([.. all.Take(13)], default);
        await Store.AddAsync([.. all.Skip(5)], default);
        var before = (await FindAsync(), await ReadAsync());

        await Store.AddAsync(all, default);
        foreach (var each in all)
        {
            await Store.AddAsync([each], default);
        }

        var after = (await FindAsync(), await ReadAsync());
        Assert.That(after.Item2, Is.EqualTo(before.Item2));
        Assert.That((after.Item1.Readings, after.Item1.Total), Is.EqualTo((27L, before.Item1.Total)));
        Assert.That(after.Item1.Total, Is.EqualTo(after.Item2.Aggregate(Int128.Zero, (sum, each) => sum + each.Value)));
    }

    [Test]
    public async Task A_recreated_topic_begins_at_offset_zero_and_its_readings_count()
    {
        await AddAsync((10, 1), (11, 1));
        var recreated = Guid.NewGuid();

        await Store.AddAsync([At(Readings((10, 9), (20, 2)), 0, recreated)], default);
        await Store.AddAsync([At(Readings((10, 9), (20, 2)), 0, recreated), At(Readings((30, 3)), 1, recreated)], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [11] = 1, [20] = 2, [30] = 3 });
    }

    [Test]
    public async Task A_replayed_dead_letter_counts_once_under_its_first_position()
    {
        var died = Next(Readings((10, 1)));
        await AddAsync((11, 1));
        var replay = Next(died.Message) with { Source = died.Position };

        await Store.AddAsync([replay], default);
        await Store.AddAsync([Next(died.Message) with { Source = died.Position }], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 1, [11] = 1 });
        Assert.That((await Store.FindSourcesAsync("default", [(Device, 10)], default))[0], Is.EqualTo(new EventSource(died.Position, 0)));
    }

    [Test]
    public void A_message_that_is_not_whole_or_has_no_position_is_rejected()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Store.AddAsync([Next(new ReadingsReceived(Device, [1, 2], [1], Stamp))], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.AddAsync([Next(Readings((long.MaxValue, 1)))], default), Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.AddAsync([new Received<ReadingsReceived>(Readings((1, 1)), LogPosition.None)], default),
                Throws.InstanceOf<MessageRejectedException>());
            Assert.That(() => Store.AddAsync([Next(ReadingsOf(string.Empty, (1, 1)))], default),
                Throws.InstanceOf<MessageRejectedException>());
        });
    }

    [Test]
    public async Task Tenants_have_devices_of_the_same_id_apart()
    {
        await Store.AddAsync([Next(Readings((1, 1))), Next(Readings((1, 2)), "acme"), Next(Readings((1, 3)), "beta")], default);

        Assert.That((await FindAsync()).Total, Is.EqualTo((Int128)1));
        Assert.That((await FindAsync(Device, "acme")).Total, Is.EqualTo((Int128)2));
        Assert.That((await Store.ListAsync("beta", new DeviceQuery(10), default)).Items.Single().Total, Is.EqualTo((Int128)3));
        Assert.That(await Store.ReadAsync("acme", Device, ReadingRange.Of(9), default), Is.EqualTo(new[] { new StoredReading(1, 2, 0) }));
    }

    [Test]
    public async Task ReadAsync_takes_a_range_in_pages_and_says_when_and_from_where_each_came()
    {
        await Store.AddAsync([Next(Readings([.. Enumerable.Range(0, 10).Select(i => ((long)i, (long)i))]))], default);
        await Store.AddAsync(
            [Next(new ReadingsReceived(Device, [50], [5], new EventStamp(Clocks.Noon.AddSeconds(1)))),
                Next(new ReadingsReceived(Device, [51], [5], Stamp))], default);

        var page = await Store.ReadAsync("default", Device, new ReadingRange(3, 51, 3), default);
        Assert.That(page.Select(each => each.At), Is.EqualTo(new long[] { 3, 4, 5 }));
        var rest = await Store.ReadAsync("default", Device, new ReadingRange(6, 52, 100, WithArrival: true), default);
        Assert.That(rest.Select(each => (each.At, each.ReceivedAt, each.Address)), Is.EqualTo(new (long, DateTimeOffset?, string?)[]
        {
            (6, Clocks.Noon, Stamp.Address), (7, Clocks.Noon, Stamp.Address), (8, Clocks.Noon, Stamp.Address),
            (9, Clocks.Noon, Stamp.Address), (50, Clocks.Noon.AddSeconds(1), null), (51, Clocks.Noon, Stamp.Address),
        }));
    }

    [Test]
    public async Task ListAsync_gives_devices_in_the_order_of_their_ids_in_pages()
    {
        string[] ids = ["a", "b", "B", "é", "z", "10", "9"];
        await Store.AddAsync([.. ids.Select(id => Next(ReadingsOf(id, (1, 1))))], default);

        var listed = new List<string>();
        string? after = null;
        do
        {
            var page = await Store.ListAsync("default", new DeviceQuery(3, after), default);
            listed.AddRange(page.Items.Select(each => each.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.That(listed, Is.EqualTo(ids.Order(StringComparer.Ordinal)));
    }

    [Test]
    public async Task ListAsync_gives_devices_of_a_tag_in_pages_as_settings_and_erasures_leave_them()
    {
        string[] ids = ["a", "b", "B", "é", "z", "10", "9"];
        await Store.AddAsync([.. ids.Select(id => Next(ReadingsOf(id, (1, 7))))], default);
        foreach (var id in ids)
        {
            await TagAsync(id, "all", id == "b" ? "door" : "window", "all");
        }

        await TagAsync("new", "door");
        await TagAsync("b", "all");
        await TagAsync("z");
        await Store.EraseAsync([Next(new DeviceErased("a", Stamp))], default);
        await AddAsync((1, 1));
        await Store.AddAsync([Next(ReadingsOf("a", (2, 1)))], default);
        await Store.ConfigureAsync("acme", "x", new DeviceSettings(null, ["all"], null, null), Clocks.Noon, default);

        var all = await ListAsync("all");
        Assert.That(all.Select(each => each.Id), Is.EqualTo(ids.Except(["a", "z"]).Order(StringComparer.Ordinal)));
        Assert.That(all.Select(each => each.Total), Is.All.EqualTo((Int128)7));
        Assert.That((await ListAsync("door")).Select(each => each.Id), Is.EqualTo(new[] { "new" }));
        Assert.That(await ListAsync("doo"), Is.Empty);
        Assert.That((await Store.ListAsync("acme", new DeviceQuery(9, Tag: "all"), default)).Items.Single().Id, Is.EqualTo("x"));

        async Task<List<DeviceRecord>> ListAsync(string tag)
        {
            var listed = new List<DeviceRecord>();
            string? after = null;
            do
            {
                var page = await Store.ListAsync("default", new DeviceQuery(2, after, tag), default);
                Assert.That(page.Items, Has.Count.LessThanOrEqualTo(2));
                listed.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);
            return listed;
        }

        Task TagAsync(string id, params string[] tags) =>
            Store.ConfigureAsync("default", id, new DeviceSettings(null, tags, null, null), Clocks.Noon, default);
    }

    [Test]
    public async Task FindAsync_of_many_gives_those_that_are_there_as_they_are_by_themselves()
    {
        List<string> ids = [.. Enumerable.Range(0, 250).Select(i => $"d{i}")];
        await Store.AddAsync([.. ids.Select((id, i) => Next(ReadingsOf(id, (i, i), (i + 1, 1))))], default);
        await Store.AddAsync([At(ReadingsOf("d7", (100, 100)), 0, Guid.NewGuid(), partition: 3)], default);

        var found = await Store.FindAsync("default", [.. ids, "nobody"], default);

        Assert.That(found.Select(each => (each.Id, each.Readings, each.Total)), Is.EquivalentTo(ids.Select((id, i) =>
            i == 7 ? (id, 3L, (Int128)108) : (id, 2L, (Int128)(i + 1)))));
        Assert.That(await Store.FindAsync("acme", ids, default), Is.Empty);
    }

    [Test]
    public async Task ReadAsync_from_the_end_gives_the_last_ones_in_time_order_with_their_adjustments()
    {
        await AddAsync([.. Enumerable.Range(0, 20).Select(i => ((long)i, (long)i))]);
        var range = new ReadingRange(2, 18, 3, IsFromEnd: true);
        var plain = await Store.ReadAsync("default", Device, range, default);
        Assert.That(plain.Select(each => each.At), Is.EqualTo(new long[] { 15, 16, 17 }));

        await Store.AdjustAsync([Next(new ReadingAdjusted(Device, 16, 100, "a", Stamp))], default);

        Assert.That(
            (await Store.ReadAsync("default", Device, range, default)).Select(each => (each.At, each.Value)),
            Is.EqualTo(new (long, Int128)[] { (15, 15), (16, 116), (17, 17) }));
    }

    [Test]
    public async Task An_adjustment_is_linked_to_its_reading_and_counts_once()
    {
        await AddAsync((10, 5), (11, 1));
        var adjustment = Next(new ReadingAdjusted(Device, 10, -2, "a", Stamp, "It counted the cleaner."));
        await Store.AdjustAsync([adjustment], default);
        await Store.AdjustAsync([adjustment, Next(adjustment.Message)], default);
        await Store.AdjustAsync([Next(adjustment.Message with { EventId = "b", Delta = 10 })], default);

        Assert.That(await ReadAsync(), Is.EqualTo(new (long, Int128)[] { (10, 13), (11, 1) }));
        var device = await FindAsync();
        Assert.That((device.Readings, device.Total), Is.EqualTo((2L, (Int128)14)));
        var stored = (await Store.ReadAsync("default", Device, ReadingRange.Of(1), default))[0];
        Assert.That((stored.Count, stored.Adjustment), Is.EqualTo((5L, (Int128)8)), "What the device said stays as it is.");
        Assert.That(
            await Store.FindAdjustmentAsync("default", Device, 10, "a", default), Is.EqualTo(new EventSource(adjustment.Position, 0)));
        Assert.That(await Store.FindAdjustmentAsync("default", Device, 10, "c", default), Is.Null);
    }

    [Test]
    public async Task An_adjustment_without_a_reading_before_it_is_left_out_also_when_it_comes_again_after_one()
    {
        await AddAsync((11, 1));
        var early = Next(new ReadingAdjusted(Device, 10, 5, "a", Stamp));
        var unknown = Next(new ReadingAdjusted("nobody", 10, 5, "a", Stamp));
        await Store.AdjustAsync([early, unknown], default);
        await AddAsync((10, 7));
        await Store.AdjustAsync([early, unknown], default);

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 7, [11] = 1 });
        Assert.That(await Store.FindAdjustmentAsync("default", Device, 10, "a", default), Is.Null);
        Assert.That(await Store.FindAsync("default", "nobody", default), Is.Null, "nor does it make a device");

        await Store.AdjustAsync([Next(early.Message) with { Source = early.Position }], default);
        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 12, [11] = 1 });
        Assert.That((await Store.RebuildAsync(null, 10, repair: false, default)).Drifted, Is.Empty, "a replay stands where it stands now");
    }

    [Test]
    public async Task Adjustments_are_read_in_pages_with_their_reasons_and_where_they_came_from()
    {
        await AddAsync([.. Enumerable.Range(0, 5).Select(at => ((long)at, 1L))]);
        await Store.AddAsync([Next(ReadingsOf("other", (2, 1)))], default);
        var sent = Enumerable.Range(0, 10).Select(i => new ReadingAdjusted(
            Device, i / 2, i, $"a{i}", new EventStamp(Clocks.Noon.AddSeconds(i), $"203.0.{i}.0"),
            i % 2 == 0 ? $"because {i}" : null)).ToList();
        await Store.AdjustAsync([.. sent.Select(each => Next(each))], default);
        await Store.AdjustAsync([Next(new ReadingAdjusted("other", 2, 9, "a1", Stamp))], default);

        var read = new List<StoredAdjustment>();
        var range = new AdjustmentRange(1, 4, 2);
        while (true)
        {
            var page = await Store.ReadAdjustmentsAsync("default", Device, range, default);
            read.AddRange(page);
            if (page.Count < range.Limit)
            {
                break;
            }

            range = range with { After = (page[^1].At, page[^1].EventId) };
        }

        Assert.That(read.Select(each => each.At), Is.Ordered);
        Assert.That(read, Is.EquivalentTo(sent.Where(each => each.At is >= 1 and < 4).Select(each => new StoredAdjustment(
            each.At, each.EventId, each.Delta, each.Reason, each.Stamp.ReceivedAt, each.Stamp.Address))));
        Assert.That(await Store.ReadAdjustmentsAsync("acme", Device, new AdjustmentRange(0, 9, 9), default), Is.Empty);
    }

    [Test]
    public async Task What_was_stored_is_there_when_it_is_opened_again()
    {
        await AddAsync((10, 5));
        Storage.Reopen();

        await AddAsync((10, 6), (12, 1));

        await AssertIsAsync(Device, new Dictionary<long, Int128> { [10] = 5, [12] = 1 });
    }
}
